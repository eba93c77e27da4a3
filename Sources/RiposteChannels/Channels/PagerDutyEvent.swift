internal import Riposte

/// A notification as an event of PagerDuty's, inside its limits: a summary of 1,024 characters, a key of 255.
struct PagerDutyEvent {
    enum Action: String { case trigger, acknowledge, resolve }

    private let notification: Riposte.Notification
    private let source: String

    init(_ notification: Riposte.Notification, source: String) {
        self.notification = notification
        self.source = source
    }

    var action: Action {
        switch notification.kind {
        case .opened, .escalated, .ineffective, .digest: .trigger
        case .acknowledged: .acknowledge
        case .resolved: .resolve
        }
    }

    func bytes(routingKey: SecretValue) -> [UInt8] {
        var event: [String: JSONValue] = [
            "routing_key": .string(routingKey.revealed), "event_action": .string(action.rawValue), "dedup_key": .string(key),
        ]
        if action == .trigger {
            event["payload"] = payload
            event["client"] = "Riposte"
            if let link { event["links"] = [["href": .string(link), "text": "Open the incident"]] }
        }
        return Array(JSONValue.object(event).description.utf8)
    }

    private var key: String {
        let key = notification.deduplicationKey
        return (1...255).contains(key.utf8.count) ? key : StableHash.id([key], length: 20)
    }

    private var payload: JSONValue {
        [
            "summary": .string(Self.cut(PlainText.line(notification.title), 1024)), "severity": .string(severity),
            "source": .string(source), "timestamp": .string(notification.createdAt.description), "class": "security",
            "custom_details": details,
        ]
    }

    private var severity: String {
        switch notification.severity {
        case .critical: "critical"
        case .high: "error"
        case .medium: "warning"
        case .low, .info: "info"
        }
    }

    private var details: JSONValue {
        var details: [String: JSONValue] = [:]
        for fact in notification.facts.prefix(100) {
            details[Self.cut(PlainText.line(fact.name), 200)] = .string(Self.cut(PlainText.line(fact.value), 2000))
        }
        details["incident"] = .string(notification.incidentID)
        details["severity"] = .string(notification.severity.name)
        details["text"] = .string(Self.cut(PlainText.lines(notification.body), 20_000))
        return .object(details)
    }

    /// What is not a plain web address is left away.
    private var link: String? { notification.link.flatMap { try? HTTPURL($0) }?.text }

    /// In UTF-16 units, the longest way to count that a limit may mean.
    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf16.count > limit else { return text }
        var (result, length) = ("", 1)
        for scalar in text.unicodeScalars {
            length += UTF16.width(scalar)
            guard length <= limit else { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }
}
