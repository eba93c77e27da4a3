internal import Synchronization

/// Mail that goes nowhere but into a list: for examples and tests.
public final class InMemoryMailer: Mailer {
    /// One mail that was sent.
    public struct Mail: Sendable, Hashable {
        /// To whom it went, by the account's id.
        public var user: String
        /// What was told.
        public var message: AccountMail
        /// The key it was sent under; one mail for each user and key.
        public var key: String
    }

    private let mails = Mutex<[Mail]>([])

    /// Creates a mailer that has sent nothing.
    public init() {}

    /// All that were sent, oldest first.
    public var sent: [Mail] { mails.withLock(\.self) }

    public func send(_ message: AccountMail, to user: String, key: String) -> MailOutcome {
        mails.withLock { mails in
            guard !mails.contains(where: { $0.user == user && $0.key == key }) else { return .alreadySent }
            mails.append(Mail(user: user, message: message, key: key))
            return .sent
        }
    }
}
