public import Riposte

/// Carries bans out through root's helper (`riposte-helper`), so that this process needs no right of its own.
public final class HelperEnforcer: Enforcer {
    /// Where the helper listens if nothing else is said.
    public static let usualSocket = "/run/riposte-helper/helper.sock"

    public let name: EnforcerName
    private let line: HelperLine

    /// - Parameters:
    ///   - socket: where the helper listens.
    ///   - store: the absolute path of the store whose decisions these are.
    public init(name: EnforcerName = "firewall", socket: String = HelperEnforcer.usualSocket, store: String) throws {
        self.name = name
        line = HelperLine(socket: socket, store: store, thread: try ConfinedThread.start {})
    }

    deinit { line.thread.stop() }

    public func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        let bans = decisions.compactMap(HelperBan.init)
        let ranges = lifted.compactMap { key -> AddressRange? in
            guard key.type == .ban, case .address(let range) = key.target else { return nil }
            return range
        }
        guard !bans.isEmpty || !ranges.isEmpty else { return }
        guard case .done = try await ask(.apply(bans, lifting: ranges)) else { throw strange }
    }

    public func compare(_ decisions: [Decision]) async throws -> EnforcementDrift {
        guard case .drift(let drift) = try await ask(.compare(decisions.compactMap(HelperBan.init))) else { throw strange }
        return drift
    }

    public func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift {
        guard case .drift(let drift) = try await ask(.reconcile(decisions.compactMap(HelperBan.init))) else { throw strange }
        return drift
    }

    public func remove() async throws -> Bool {
        guard case .removed(let wasThere) = try await ask(.remove) else { throw strange }
        return wasThere
    }

    /// Whether the helper is there and serves this user.
    public func probe() async throws { _ = try await ask(.probe) }

    private func ask(_ verb: HelperRequest.Verb) async throws -> HelperReply { try await line.ask(verb) }
    private var strange: EnforcementError { line.strange }
}
