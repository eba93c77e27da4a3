public import Riposte

/// A way to tell people.
public enum ChannelSettings: Sendable, Hashable {
    /// One line to a file, or to the program's own log.
    case log(path: String?)
    /// A POST of the notification as JSON, or as `body` has it.
    case webhook(WebhookSettings)
    /// A message through one of Slack's incoming webhooks, whose URL is a secret.
    case slack(url: Secret)
    /// Alerts through PagerDuty.
    case pagerDuty(PagerDutySettings)
    /// Mail through an SMTP server.
    case email(EmailSettings)
    /// Alerts through Opsgenie.
    case opsgenie(OpsgenieSettings)
    /// A card through the webhook of a workflow of Microsoft Teams, whose URL is a secret.
    case teams(url: Secret)
    /// A message through a webhook of Discord's, whose URL is a secret.
    case discord(url: Secret)
    /// Text messages through Twilio, or what speaks its language.
    case sms(SMSSettings)
    /// Messages to a syslog server.
    case syslog(SyslogSettings)
}

/// An outgoing HTTP request.
public struct WebhookSettings: Sendable, Hashable {
    public enum Address: Sendable, Hashable {
        /// Scheme and host are literal; path and query may hold templates.
        case literal(String)
        case secret(Secret)
    }

    public enum HeaderValue: Sendable, Hashable {
        case literal(String)
        case secret(Secret)
    }

    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public var url: Address
    public var method: Method
    public var headers: [String: HeaderValue]
    /// What is sent, as text or as a tree that becomes JSON; `nil` = what the action or channel sends of itself.
    public var body: JSONValue?
    /// Sent as `Authorization: Bearer …`.
    public var secret: Secret?
    /// Signs the body.
    public var signingSecret: Secret?
    /// The statuses that count as success.
    public var expect: [ClosedRange<Int>]
    /// How long one request may take.
    public var timeout: Duration

    public init(
        url: Address, method: Method = .post, headers: [String: HeaderValue] = [:], body: JSONValue? = nil,
        secret: Secret? = nil, signingSecret: Secret? = nil, expect: [ClosedRange<Int>] = [200...299],
        timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.secret = secret
        self.signingSecret = signingSecret
        self.expect = expect
        self.timeout = timeout
    }
}
