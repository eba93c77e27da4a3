/// Where sessions live: what a host, or a back end of the stand-alone program, implements so that they can be ended.
///
/// An implementer promises that each call may be made again, and that ending what has ended is ``SessionChange/none``.
public protocol SessionDirectory: Sendable {
    /// What the settings and the records call it.
    var name: DirectoryName { get }
    /// What it can end; default: both. It is never asked for the other.
    var scopes: Set<SessionScope> { get }
    /// Ends every session and remember-me token of `user` that began before `time`.
    func revokeSessions(of user: String, before time: Timestamp, key: String) async throws -> SessionChange
    /// Ends one session. `user` is whose it is, where the event told.
    func terminateSession(_ session: String, of user: String?, key: String) async throws -> SessionChange
}

extension SessionDirectory {
    public var scopes: Set<SessionScope> { Set(SessionScope.allCases) }
}

/// Which sessions are meant.
public enum SessionScope: Sendable, Hashable, CaseIterable {
    /// All sessions and tokens of a user that began before a time.
    case allOfUser
    /// One session by its name.
    case single
}

/// What a directory of sessions answers.
public enum SessionChange: Sendable, Hashable {
    /// How many were ended; `nil` where the other side does not say.
    case ended(Int?)
    /// There was none.
    case none
    /// They may go on: why, in words for a person, without a secret.
    case cannot(String, FailureKind)
}
