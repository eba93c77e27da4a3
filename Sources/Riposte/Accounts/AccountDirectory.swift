/// Where accounts live: what a host, or a back end of the stand-alone program, implements so that actions can work on them.
///
/// Riposte merges what several incidents want of one account and calls a directory with the outcome, one call for one
/// account at a time: it keeps no book of owners. An implementer promises that each call may be made again, that
/// ``standing(of:_:)`` only reads, and that an answer is true: ``AccountChange/changed`` where the account was changed,
/// ``AccountChange/alreadySo`` where it was so before, ``AccountChange/cannot(_:_:)`` where it is not so now. What it throws
/// counts as a failure of which it is not known whether it was done, unless it is a ``ClassifiedError``.
public protocol AccountDirectory: Sendable {
    /// What the settings and the records call it.
    var name: DirectoryName { get }
    /// What it can put on an account. It is never asked for another.
    var restrictions: Set<AccountRestriction> { get }
    /// Whether the account is under `restriction` now, whoever did it.
    func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding
    /// Puts the account under a restriction, until ``AccountOrder/until`` where the directory can keep an end itself. One that
    /// is there already gets the new end.
    func restrict(_ order: AccountOrder) async throws -> AccountChange
    /// Takes the restriction away. Called when the last incident that wanted it is done with it, so never for one that somebody
    /// else had put there before.
    func lift(_ order: AccountOrder) async throws -> AccountChange
}

/// What a directory of accounts or sessions is called in the settings.
public struct DirectoryName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What an account can be put under.
public enum AccountRestriction: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody signs in for a while.
    case lock
    /// Nobody signs in and nothing is answered, until somebody lifts it or its time is up.
    case block
    /// The password no longer works; a new one has to be set.
    case passwordReset
    /// The next sign-in needs a second factor.
    case secondFactor

    /// The kind of effect that stands for it.
    public var kind: EffectKind {
        switch self {
        case .lock: .accountLock
        case .block: .accountBlock
        case .passwordReset: .passwordReset
        case .secondFactor: .secondFactor
        }
    }

    /// The restriction that effects of this kind stand for; `nil` where the kind is about no account.
    public init?(_ kind: EffectKind) {
        guard let found = Self.allCases.first(where: { $0.kind == kind }) else { return nil }
        self = found
    }
}

/// What a directory is told to do.
public struct AccountOrder: Sendable, Hashable {
    /// The account's id, as the events and the host spell it.
    public var user: String
    /// What the account is put under, or freed from.
    public var restriction: AccountRestriction
    /// When it ends by itself; `nil` = when it is lifted.
    public var until: Timestamp?
    /// The effect it is for: the same in every attempt, for the other side to know a repetition by.
    public var effect: EffectID
    /// The incident that the effect belongs to, for the directory's own records.
    public var incident: IncidentID

    /// Creates an order; nothing is checked or sent.
    public init(_ user: String, _ restriction: AccountRestriction, until: Timestamp?, effect: EffectID, incident: IncidentID) {
        self.user = user
        self.restriction = restriction
        self.until = until
        self.effect = effect
        self.incident = incident
    }
}

/// How an account stands in a directory.
public enum AccountStanding: Sendable, Hashable {
    /// Not under the restriction.
    case free
    /// Under the restriction, whoever put it there.
    case restricted
    /// The directory has no account of that id.
    case noSuchAccount
    /// The directory cannot tell.
    case unknown
}

/// What a directory answers.
public enum AccountChange: Sendable, Hashable {
    /// The account was otherwise before and is as wanted now. So Riposte takes it back when its time is over.
    case changed
    /// The account was as wanted before. It is not taken back: somebody else had made it so.
    case alreadySo
    /// It is not so: why, in words for a person, without a secret.
    case cannot(String, FailureKind)
}
