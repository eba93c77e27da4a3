/// Writes to the user of an account: what a host implements, since it knows the address, the language and the links.
///
/// What the record of an incident says has gone out is not asked for again; what a crash kept from being recorded is. `key` is
/// the same in every attempt: an implementer that still knows it answers with ``MailOutcome/alreadySent`` and sends nothing.
public protocol Mailer: Sendable {
    /// Sends a mail to the user, unless one went out under `key` before.
    ///
    /// What it throws counts as a failure of which it is not known whether the mail went out, unless it is a ``ClassifiedError``.
    func send(_ message: AccountMail, to user: String, key: String) async throws -> MailOutcome
}

/// What there is to tell a user.
public enum AccountMail: Sendable, Hashable {
    /// The password has stopped working; this is how to set a new one.
    case passwordReset(AccountIncident)
    /// “Was this you?”, with a token that lifts what the incident did to the account, once, until `expires`.
    case wasThisYou(AccountIncident, unlockToken: String?, expires: Timestamp)

    public var incident: AccountIncident {
        switch self {
        case .passwordReset(let incident), .wasThisYou(let incident, _, _): incident
        }
    }
}

/// What has happened to an account, as far as its user may know.
public struct AccountIncident: Sendable, Hashable {
    public var id: IncidentID
    /// In a few words. Strangers' names may be among them.
    public var summary: String
    /// Where it came from, or the first of several places; `nil` where that is not known.
    public var address: String?
    public var at: Timestamp

    public init(id: IncidentID, summary: String, address: String?, at: Timestamp) {
        self.id = id
        self.summary = summary
        self.address = address
        self.at = at
    }

    init(_ context: ResponseContext) {
        self.init(
            id: context.incidentID, summary: context.values["incident"]?["title"]?.string ?? "",
            address: context.values["ip"]?.string, at: context.trigger.anomaly?.last ?? context.now)
    }
}

/// What became of a mail to a user.
public enum MailOutcome: Sendable, Hashable {
    /// It went out now, as far as can be known: taken over by the next server.
    case sent
    /// One went out before under the same key, and none now.
    case alreadySent
    /// Nothing was sent: why, in words for a person, without a secret.
    case cannot(String, FailureKind)
}

/// Where the mail addresses of accounts can be looked up.
public protocol MailAddressBook: Sendable {
    var name: DirectoryName { get }
    /// The address as it stands there; `nil` where there is none, or no such account. Only reads.
    func mailAddress(of user: String) async throws -> String?
}
