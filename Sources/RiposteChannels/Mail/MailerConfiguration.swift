public import Riposte

/// How users are written to.
public struct MailerConfiguration: Sendable, Hashable {
    /// Where mail goes out and from whom; its `to` plays no part.
    public var email: EmailConfiguration
    /// What the users know the application as.
    public var application: String
    /// How addresses are made that no address book tells, `{{ user }}@example.org`; `nil` = none are.
    public var address: String?
    /// The application's page on which a forgotten password is set anew, with `{{ user }}` in it where it needs that.
    public var resetLink: String?
    /// The application's page that takes an unlock token, with `{{ token }}` in its path or query.
    public var unlockLink: String?
    public var texts: AccountMailTexts

    public init(
        email: EmailConfiguration, application: String, address: String? = nil, resetLink: String? = nil, unlockLink: String? = nil,
        texts: AccountMailTexts = AccountMailTexts()
    ) {
        self.email = email
        self.application = application
        self.address = address
        self.resetLink = resetLink
        self.unlockLink = unlockLink
        self.texts = texts
    }
}
