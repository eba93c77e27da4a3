public import Glibc
public import Riposte
private import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Root's side: takes requests at a socket that only one user may open, and carries the closed verbs out. It holds no
/// state of its own and can be killed at any time.
public final class HelperService: Sendable {
    /// Longer requests are not read: half a million bans and more fit in.
    static let longestRequest = 64 << 20
    /// How long a caller may take to say what it wants.
    static let patience = Duration.seconds(10)

    private let desk: HelperDesk
    private let user: uid_t
    private let listener: ConfinedThread<UnixSocket>
    /// Side by side, because a program that changes accounts may take seconds, and a ban may not.
    private let (bans, accounts): (HelperQueue, HelperQueue)
    private let say: @Sendable (String) -> Void

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - user: whose processes are served; root's are too.
    ///   - table: the one table it works on.
    ///   - networks: refused beside loopback, this machine's own addresses and gateways, and networks wider than /24 or /48.
    ///   - accounts: accounts that are never touched, where it works on those of this machine; `nil` = it does not.
    ///   - say: told of each refusal and failure, a sentence each.
    public convenience init(
        socket path: String, user: uid_t, table: String, protecting networks: [AddressRange], accounts spared: Set<String>? = nil,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        guard NftablesEnforcer.isTableName(table) else {
            throw EnforcementError("a table is called riposte, or riposte and more of a-z, 0-9, - and _; got “\(table)”", kind: .permanent)
        }
        let enforcers = Enforcers(table: table)
        var desk = HelperDesk(
            enforcer: { try enforcers.enforcer(of: $0) },
            protected: {
                ProtectedTargets(
                    networks: networks, ownAddresses: Array(try OwnAddresses.current()),
                    gateways: try Gateways.current().map { AddressRange($0) })
            })
        if let spared {
            let (accounts, thread) = (LocalAccounts(spared: spared), try ConfinedThread<Void>.start {})
            desk.accounts = { errand in try await thread.perform { _ in try accounts.carryOut(errand) } }
        }
        try self.init(socket: path, user: user, desk: desk, say: say)
    }

    init(socket path: String, user: uid_t, desk: HelperDesk, say: @escaping @Sendable (String) -> Void) throws {
        (self.desk, self.user, self.say) = (desk, user, say)
        (bans, accounts) = (try HelperQueue(), try HelperQueue())
        let socket = try UnixSocket.listen(at: path, owner: user)
        listener = try ConfinedThread.start { socket }
    }

    /// Serves until the process ends.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for queue in [bans, accounts] {
                group.addTask { await queue.serve(self.answer, say: self.say) }
            }
            while true {
                do { try await receiveOne() } catch let error as SourceError { say("\(error)") }
            }
        }
    }

    /// Takes one request in, for others to carry out.
    private func receiveOne() async throws {
        let user = user
        let received: (request: HelperRequest, from: UnixSocket)? = try await listener.perform { listener in
            let socket = try listener.next(limit: Self.patience)
            let peer = try socket.peer()
            guard peer.user == user || peer.user == 0 else {
                throw SourceError(.permissionDenied, "process \(peer.process) of user \(peer.user) is turned away")
            }
            guard let bytes = try socket.receive(atMost: Self.longestRequest, within: Self.patience) else { return nil }
            guard let request = try? JSONDecoder().decode(HelperRequest.self, from: Data(bytes)) else {
                throw SourceError(.unreadable, "process \(peer.process) of user \(peer.user) sent what is no request")
            }
            return (request, socket)
        }
        guard let received else { return }
        let queue = if case .account = received.request.verb { accounts } else { bans }
        // Who is not answered hears that the connection has ended, and comes again.
        if !queue.take(received.request, from: received.from) { say("more requests are waiting than are kept; one is not answered") }
    }

    private func answer(_ request: HelperRequest) async -> HelperReply {
        let reply = await desk.answer(request)
        switch reply {
        case .refused(let why), .failed(let why, _), .account(.refused(let why)): say(why)
        case .done, .drift, .removed, .account: break
        }
        return reply
    }
}

/// One enforcer for each store that has asked: a table belongs to one store, and says so itself.
private final class Enforcers: Sendable {
    private let table: String
    private let known = Mutex<(store: String, enforcer: NftablesEnforcer)?>(nil)

    init(table: String) { self.table = table }

    func enforcer(of store: String) throws -> any Enforcer {
        if let known = known.withLock({ $0 }), known.store == store { return known.enforcer }
        let made = try NftablesEnforcer(table: table, store: store)
        known.withLock { $0 = (store, made) }
        return made
    }
}
