internal import Synchronization

/// Sessions in memory: for examples, tests, and hosts that keep theirs in memory.
public final class InMemorySessionDirectory: SessionDirectory {
    private struct Session {
        var user: String
        var began: Timestamp
    }

    public let name: DirectoryName
    private let sessions = Mutex<[String: Session]>([:])

    /// Creates a directory without sessions.
    public init(_ name: DirectoryName = "memory") { self.name = name }

    /// Notes that a session has begun. One of the same name takes the place of the old one.
    public func begin(_ session: String, of user: String, at time: Timestamp) {
        sessions.withLock { $0[session] = Session(user: user, began: time) }
    }

    /// Whose session it is; `nil` where there is none.
    public func user(of session: String) -> String? { sessions.withLock { $0[session]?.user } }

    /// The sessions of `user`, by name.
    public func sessions(of user: String) -> [String] {
        sessions.withLock { $0.filter { $0.value.user == user }.keys.sorted() }
    }

    public func revokeSessions(of user: String, before time: Timestamp, key: String) -> SessionChange {
        sessions.withLock { sessions in
            let ended = sessions.filter { $0.value.user == user && $0.value.began < time }.keys
            for session in ended { sessions[session] = nil }
            return ended.isEmpty ? .none : .ended(ended.count)
        }
    }

    public func terminateSession(_ session: String, of user: String?, key: String) -> SessionChange {
        sessions.withLock { $0.removeValue(forKey: session) == nil ? .none : .ended(1) }
    }
}
