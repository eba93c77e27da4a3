internal import Riposte

/// What Opsgenie is asked for a notification, inside its limits: a message of 130 characters, a description of 15,000, an alias of
/// 512, a note of 25,000.
struct OpsgenieAlert {
    struct Call {
        /// What it does, for receipts: `create`.
        let word: String
        let method: HTTPMethod
        /// Path and query.
        let target: String
        let body: JSONValue

        var bytes: [UInt8] { Array(body.description.utf8) }
    }

    private let notification: Riposte.Notification
    private let source: String

    init(_ notification: Riposte.Notification, source: String) {
        self.notification = notification
        self.source = Self.text(source, 100)
    }

    var calls: [Call] {
        switch notification.kind {
        case .opened, .digest: [create]
        // An alert that is there keeps its priority when it is created again.
        case .escalated: [create, Call(word: "priority", method: .put, target: target("/priority"), body: ["priority": .string(priority)])]
        case .acknowledged: [change("acknowledge")]
        case .resolved: [change("close")]
        case .ineffective: [change("notes")]
        }
    }

    private var create: Call {
        var details: [String: JSONValue] = [:]
        for fact in notification.facts.prefix(50) { details[Self.line(fact.name, 100)] = .string(Self.line(fact.value, 500)) }
        details["incident"] = .string(Self.line(notification.incidentID, 100))
        details["severity"] = .string(notification.severity.name)
        if let link = notification.webLink(limit: 500) { details["link"] = .string(link) }
        return Call(
            word: "create", method: .post, target: "/v2/alerts",
            body: [
                "message": .string(message), "alias": .string(alias), "description": .string(Self.text(notification.body, 15_000)),
                "priority": .string(priority), "source": .string(source), "tags": ["riposte"], "details": .object(details),
            ])
    }

    private func change(_ word: String) -> Call {
        let note = Self.text("\(notification.title)\n\(notification.body)", 20_000)
        return Call(
            word: word, method: .post, target: target("/\(word)"),
            body: ["source": .string(source), "user": "Riposte", "note": .string(note)])
    }

    private func target(_ what: String) -> String { "/v2/alerts/\(PercentEncoding.encode(alias))\(what)?identifierType=alias" }

    /// Opsgenie refuses an empty message.
    private var message: String {
        let text = Self.line(notification.title, 130)
        return text.allSatisfy(\.isWhitespace) ? "incident \(Self.line(notification.incidentID, 100))" : text
    }

    private var alias: String {
        let key = notification.deduplicationKey
        return (1...512).contains(key.utf8.count) && key != "." && key != ".." ? key : StableHash.id([key], length: 20)
    }

    private var priority: String {
        switch notification.severity {
        case .critical: "P1"
        case .high: "P2"
        case .medium: "P3"
        case .low: "P4"
        case .info: "P5"
        }
    }

    private static func line(_ text: String, _ limit: Int) -> String { Self.text(PlainText.line(text), limit) }

    /// Opsgenie shows HTML in some places as what it means and in others as it is written, so there is none.
    private static func text(_ text: String, _ limit: Int) -> String {
        EscapedText.cut(PlainText.lines(text), limit: limit) { $0 == "<" ? "‹" : $0 == ">" ? "›" : String($0) }
    }
}
