public import Riposte

/// How text messages are sent.
public struct SMSSettings: Sendable, Hashable {
    /// `nil` = Twilio's own.
    public var url: String?
    public var account: String
    public var token: Secret
    public var from: String
    public var to: [String]

    public init(url: String? = nil, account: String, token: Secret, from: String, to: [String]) {
        self.url = url
        self.account = account
        self.token = token
        self.from = from
        self.to = to
    }
}
