/// Writes to the user of an account: what a host implements, since it knows the address, the language and the links.
///
/// `key` is the same in every attempt: a mail that went out under it is not sent again, and the answer is
/// ``MailOutcome/alreadySent``.
public protocol Mailer: Sendable {
    func send(_ message: AccountMail, to user: String, key: String) async throws -> MailOutcome
}

/// What there is to tell a user.
public enum AccountMail: Sendable, Hashable {
    /// The password has stopped working; this is how to set a new one.
    case passwordReset(incident: IncidentID)
    /// “Was this you?”, with a token that lifts what the incident did to the account, once, until `expires`.
    case wasThisYou(incident: IncidentID, summary: String, unlockToken: String?, expires: Timestamp)
}

public enum MailOutcome: Sendable, Hashable {
    case sent
    case alreadySent
    /// Nothing was sent: why, in words for a person, without a secret.
    case cannot(String, FailureKind)
}
