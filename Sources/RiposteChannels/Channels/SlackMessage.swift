internal import Riposte

/// A notification in Slack's Block Kit, inside Slack's limits: a header of 150 characters, a text of 3,000, ten fields of
/// 2,000.
struct SlackMessage {
    private let notification: Riposte.Notification

    init(_ notification: Riposte.Notification) { self.notification = notification }

    /// The message as JSON.
    var bytes: [UInt8] { Array(json.description.utf8) }

    var json: JSONValue {
        [
            "text": .string(title(limit: 300)),  // what a phone shows, and what a client without blocks does
            "blocks": .array([header] + [text, fields].compactMap(\.self) + [context]),
            "unfurl_links": false,
            "unfurl_media": false,
        ]
    }

    private var header: JSONValue {
        ["type": "header", "text": ["type": "plain_text", "text": .string(title(limit: 150)), "emoji": false]]
    }

    private func title(limit: Int) -> String {
        SlackText.escaped("[\(notification.severity)] \(PlainText.line(notification.title))", limit: limit)
    }

    /// Slack refuses an empty text.
    private var text: JSONValue? {
        let body = SlackText.escaped(PlainText.lines(notification.body), limit: 3000)
        return body.allSatisfy(\.isWhitespace) ? nil : ["type": "section", "text": Self.markup(body)]
    }

    private var fields: JSONValue? {
        guard !notification.facts.isEmpty else { return nil }
        let fields = notification.facts.prefix(Self.maximumFields).map { fact in
            let name = SlackText.escaped(PlainText.line(fact.name), limit: 200)
            return Self.markup("*\(name)*\n" + SlackText.escaped(PlainText.line(fact.value), limit: 1700))
        }
        return ["type": "section", "fields": .array(fields)]
    }

    private static let maximumFields = 10

    private var context: JSONValue {
        var parts = ["incident \(SlackText.escaped(PlainText.line(notification.incidentID), limit: 200))"]
        let left = notification.facts.count - Self.maximumFields
        if left > 0 { parts.append("\(left) more facts") }
        if let link { parts.append(link) }
        return ["type": "context", "elements": [Self.markup(parts.joined(separator: " · "))]]
    }

    /// A link that is not a plain web address is left away.
    private var link: String? {
        guard let text = notification.link, text.utf8.count <= 2000, let url = try? HTTPURL(text) else { return nil }
        return "<\(SlackText.escaped(url.text, limit: 2500))|Open>"
    }

    /// `verbatim`: what looks like an address or a name in it is not made into a link.
    private static func markup(_ text: String) -> JSONValue { ["type": "mrkdwn", "text": .string(text), "verbatim": true] }
}
