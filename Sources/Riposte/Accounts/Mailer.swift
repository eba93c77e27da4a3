/// Writes to the user of an account: what a host implements, since it knows the address, the language and the links.
///
/// `key` is the same in every attempt: a mail that went out under it is not sent again, and the answer is
/// ``MailOutcome/alreadySent``.
public protocol Mailer: Sendable {
    /// Sends a mail to the user, unless one went out under `key` before.
    ///
    /// What it throws counts as a failure of which it is not known whether the mail went out, unless it is a ``ClassifiedError``.
    func send(_ message: AccountMail, to user: String, key: String) async throws -> MailOutcome
}

/// What there is to tell a user.
public enum AccountMail: Sendable, Hashable {
    /// The password has stopped working; this is how to set a new one.
    case passwordReset(incident: IncidentID)
    /// “Was this you?”, with a token that lifts what the incident did to the account, once, until `expires`.
    case wasThisYou(incident: IncidentID, summary: String, unlockToken: String?, expires: Timestamp)
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
