/// The words of the mails to users. Plain text with `{{ name }}` for what is known: `application`, `user`, `time`, `address`,
/// `incident`, `link`, `expires`. A line of the body that names what there is none of is left out.
public struct AccountMailTexts: Sendable, Hashable {
    public struct Text: Sendable, Hashable {
        /// One line, with `application`, `user`, `time` and `incident`.
        public var subject: String
        public var body: String

        public init(subject: String, body: String) {
            self.subject = subject
            self.body = body
        }
    }

    public var passwordReset: Text
    public var wasThisYou: Text

    public init(passwordReset: Text = Self.usualPasswordReset, wasThisYou: Text = Self.usualWasThisYou) {
        self.passwordReset = passwordReset
        self.wasThisYou = wasThisYou
    }

    /// What a subject may name: there always is one of each.
    package static let subjectNames = ["application", "user", "time", "incident"]
    /// What the mail about a new password may name.
    package static let resetNames = subjectNames + ["address", "link"]
    /// What “was this you?” may name.
    package static let questionNames = subjectNames + ["address", "link", "expires"]

    public static let usualPasswordReset = Text(
        subject: "{{ application }}: set a new password",
        body: """
            Somebody else may know the password of your account {{ user }} at {{ application }}, so it works no longer.

            When: {{ time }}
            From the address: {{ address }}

            You have to set a new one before you can go on. Choose one that you use nowhere else.
            This is where: {{ link }}

            Nobody who works for {{ application }} is going to ask you for a password.
            Reference: {{ incident }}
            """)

    public static let usualWasThisYou = Text(
        subject: "{{ application }}: was this you?",
        body: """
            Somebody has tried to get into your account {{ user }} at {{ application }}.

            When: {{ time }}
            From the address: {{ address }}

            If it was you and you are locked out, open this page and confirm there. It works once, until {{ expires }}:
            {{ link }}

            If it was not you, there is nothing to do here. Set a new password if somebody else could know yours.
            Nobody who works for {{ application }} is going to ask you for a password.
            Reference: {{ incident }}
            """)
}
