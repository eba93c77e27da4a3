public import Riposte

/// How PagerDuty is told.
public struct PagerDutySettings: Sendable, Hashable {
    public var routingKey: Secret
    /// `nil` = PagerDuty's own in the US.
    public var url: String?
    /// What is shown as the affected system; `nil` = this machine's name.
    public var source: String?

    public init(routingKey: Secret, url: String? = nil, source: String? = nil) {
        self.routingKey = routingKey
        self.url = url
        self.source = source
    }
}
