public import Riposte

/// How the users of accounts are written to.
public struct MailerSettings: Sendable, Hashable {
    /// The link of “was this you?” mails.
    public struct UnlockLink: Sendable, Hashable {
        /// The application's page, with `{{ token }}` in it.
        public var url: String
        /// What the tokens are signed with.
        public var secret: Secret

        public init(url: String, secret: Secret) {
            self.url = url
            self.secret = secret
        }
    }

    /// Where mail goes out and from whom; it has no `to`.
    public var email: EmailSettings
    /// What the users know the application as.
    public var application: String
    /// How addresses are made that no account back end tells: `{{ user }}@example.org`.
    public var address: String?
    /// The application's page on which a forgotten password is set anew.
    public var resetLink: String?
    public var unlock: UnlockLink?
    public var texts: AccountMailTexts

    public init(
        email: EmailSettings, application: String, address: String? = nil, resetLink: String? = nil, unlock: UnlockLink? = nil,
        texts: AccountMailTexts = AccountMailTexts()
    ) {
        self.email = email
        self.application = application
        self.address = address
        self.resetLink = resetLink
        self.unlock = unlock
        self.texts = texts
    }

    /// The secrets it needs when it writes.
    public var secrets: [Secret] { [email.password, unlock?.secret].compactMap(\.self) }
}
