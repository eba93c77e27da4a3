public import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Carries bans out through root's helper (`riposte-helper`), so that this process needs no right of its own.
public final class HelperEnforcer: Enforcer {
    /// Where the helper listens if nothing else is said.
    public static let usualSocket = "/run/riposte-helper/helper.sock"

    public let name: EnforcerName
    private let socket: String
    private let store: String
    private let thread: ConfinedThread<Void>

    /// - Parameters:
    ///   - socket: where the helper listens.
    ///   - store: the absolute path of the store whose decisions these are.
    public init(name: EnforcerName = "firewall", socket: String = HelperEnforcer.usualSocket, store: String) throws {
        (self.name, self.socket, self.store) = (name, socket, store)
        thread = try ConfinedThread.start {}
    }

    deinit { thread.stop() }

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

    private func ask(_ verb: HelperRequest.Verb) async throws -> HelperReply {
        let request = Array(try JSONEncoder().encode(HelperRequest(store: store, verb: verb)))
        let socket = socket
        let answer: [UInt8]
        do {
            answer = try await thread.perform { _ in
                let connection = try UnixSocket.connect(to: socket, limit: .seconds(30))
                try connection.send(request)
                guard let answer = try connection.receive(atMost: 1 << 20) else {
                    throw SourceError(.unreadable, "it hung up without an answer; its own log says why")
                }
                return answer
            }
        } catch let error as SourceError {
            throw EnforcementError("the helper cannot be asked (is riposte-helper running, and for this user?): \(error)")
        }
        switch try? JSONDecoder().decode(HelperReply.self, from: Data(answer)) {
        case .refused(let why): throw EnforcementError("the helper refuses: \(why)", kind: .permanent)
        case .failed(let why, let kind): throw EnforcementError(why, kind: kind)
        case nil: throw strange
        case let reply?: return reply
        }
    }

    private var strange: EnforcementError {
        EnforcementError(
            "the helper at \(socket) gave an answer that this version does not know; are both of one version?", kind: .permanent)
    }
}
