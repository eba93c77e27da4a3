/// Where accounts live: what a host implements so that actions can work on them.
///
/// Every call is idempotent and says what it found. `owner` names who asked: a lock is one owner's, and an account is
/// locked while any owner's lock holds; unlocking takes away that owner's alone.
public protocol AccountDirectory: Sendable {
    /// Locks `user` until `end` (`nil` = for good). A lock of the same owner is never shortened.
    func lock(_ user: String, until end: Timestamp?, owner: EffectID) async throws -> AccountChange
    /// Takes the owner's lock away.
    func unlock(_ user: String, owner: EffectID) async throws -> AccountChange
    /// Whether the owner's lock is there.
    func holdsLock(_ user: String, owner: EffectID) async throws -> Probe
    /// What keeps a lock in this directory from being obeyed; `nil` where it is obeyed. Put into the result, so that nobody
    /// takes a record for a lock.
    var caveat: String? { get }
}

/// What a directory answers.
public enum AccountChange: Sendable, Hashable {
    case changed
    case alreadySo
    /// It was so already, by somebody else's doing.
    case foreign
    case cannot(String, FailureKind)
}
