public import Riposte

/// The accounts of this machine, by a process with the rights of root.
///
/// A lock is an expired account: that keeps passwords and SSH keys out alike. The day on which the account would have expired
/// comes back with the unlock.
public final class LocalAccountDirectory: AccountDirectory, SessionDirectory {
    public let name: DirectoryName
    public let restrictions: Set<AccountRestriction> = LocalAccounts.restrictions
    public let scopes: Set<SessionScope> = [.allOfUser]
    private let errands: LocalErrands

    /// - Parameter spared: accounts that are never touched, beside root, system and service accounts and the last administrator.
    public convenience init(_ name: DirectoryName = "machine", sparing spared: Set<String> = []) throws {
        var accounts = LocalAccounts()
        accounts.spared = spared
        try self.init(name, accounts)
    }

    /// By way of root's helper (`riposte-helper --accounts`), so that this process needs no right of its own.
    public init(_ name: DirectoryName = "machine", helper socket: String = HelperEnforcer.usualSocket, store: String) throws {
        (self.name, errands) = (name, .helper(HelperLine(socket: socket, store: store, thread: try ConfinedThread.start {})))
    }

    init(_ name: DirectoryName, _ accounts: LocalAccounts) throws {
        (self.name, errands) = (name, .own(accounts, try ConfinedThread.start {}))
    }

    deinit { errands.stop() }

    public func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        switch try await errands.run(LocalErrand(user: user, task: .look(restriction))) {
        case .free: .free
        case .restricted: .restricted
        case .noSuchAccount: .noSuchAccount
        default: .unknown
        }
    }

    public func restrict(_ order: AccountOrder) async throws -> AccountChange { try await change(order, .restrict(order.restriction)) }
    public func lift(_ order: AccountOrder) async throws -> AccountChange { try await change(order, .lift(order.restriction)) }

    private func change(_ order: AccountOrder, _ task: LocalErrand.Task) async throws -> AccountChange {
        switch try await errands.run(LocalErrand(user: order.user, task: task)) {
        case .changed: .changed
        case .alreadySo: .alreadySo
        case .noSuchAccount: .cannot("there is no account \(order.user)", .permanent)
        case .refused(let why): .cannot(why, .permanent)
        case .free, .restricted, .ended: .cannot("the answer is to another question", .permanent)
        }
    }

    public func revokeSessions(of user: String, before time: Timestamp, key: String) async throws -> SessionChange {
        switch try await errands.run(LocalErrand(user: user, task: .endSessions(before: time))) {
        case .ended(let count): count > 0 ? .ended(count) : .none
        case .noSuchAccount: .none
        case .refused(let why): .cannot(why, .permanent)
        default: .cannot("the answer is to another question", .permanent)
        }
    }

    /// A machine's sessions have no names that an event would know.
    public func terminateSession(_ session: String, of user: String?, key: String) async throws -> SessionChange {
        .cannot("single sessions of this machine have no name; revoke_sessions ends all of a user", .permanent)
    }
}

extension LocalAccountDirectory: ExaminableDirectory {
    package func examine() async throws -> String {
        _ = try await errands.run(LocalErrand(user: "root", task: .look(.lock)))
        return "can be read"
    }
}

/// Who carries errands out: we, or the helper.
private enum LocalErrands: Sendable {
    case own(LocalAccounts, ConfinedThread<Void>)
    case helper(HelperLine)

    func run(_ errand: LocalErrand) async throws -> LocalAnswer {
        switch self {
        case .own(let accounts, let thread):
            do { return try await thread.perform { _ in try accounts.carryOut(errand) } } catch let error as SourceError {
                throw DirectoryFailure(.transient, "\(error)")
            }
        case .helper(let line):
            do {
                guard case .account(let answer) = try await line.ask(.account(errand)) else { throw line.strange }
                return answer
            } catch let error as EnforcementError {
                throw DirectoryFailure(error.kind, error.description)
            }
        }
    }

    func stop() {
        switch self {
        case .own(_, let thread): thread.stop()
        case .helper(let line): line.thread.stop()
        }
    }
}
