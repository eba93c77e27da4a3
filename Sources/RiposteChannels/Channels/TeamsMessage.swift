internal import Riposte

/// A notification as a message with an Adaptive Card, of at most 28 KB.
///
/// All text stands in text runs, which know no Markdown: nothing in it makes a link or is set in bold. People are mentioned by
/// a list that the card does not have.
struct TeamsMessage {
    static let maximumBytes = 28 * 1024

    private let notification: Riposte.Notification

    init(_ notification: Riposte.Notification) { self.notification = notification }

    /// As much as fits.
    var bytes: [UInt8] {
        for limits in [Limits(text: 10_000, facts: 25, value: 1000), Limits(text: 3000, facts: 15, value: 200)] {
            let bytes = Array(json(limits).description.utf8)
            if bytes.count <= Self.maximumBytes { return bytes }
        }
        return Array(json(Limits(text: 800, facts: 8, value: 100)).description.utf8)
    }

    private struct Limits {
        var text: Int
        var facts: Int
        var value: Int
    }

    private func json(_ limits: Limits) -> JSONValue {
        [
            "type": "message",
            "attachments": [
                ["contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": card(limits)]
            ],
        ]
    }

    private func card(_ limits: Limits) -> JSONValue {
        let title = Self.run("[\(notification.severity)] \(notification.title)", limit: 300, ["size": "Large", "weight": "Bolder"])
        let blocks = [[title]] + lines(limits) + facts(limits) + [[Self.run(footer(limits), limit: 300, ["isSubtle": true])]]
        var card: [String: JSONValue] = [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "msteams": ["width": "Full"], "body": .array(blocks.map { ["type": "RichTextBlock", "inlines": .array($0)] }),
        ]
        if let link = notification.webLink(limit: 2000) {
            card["actions"] = [["type": "Action.OpenUrl", "title": "Open the incident", "url": .string(link)]]
        }
        return .object(card)
    }

    /// A block for each line, because a text run has none of its own.
    private func lines(_ limits: Limits) -> [[JSONValue]] {
        EscapedText.cut(PlainText.lines(notification.body), limit: limits.text).split(separator: "\n").filter {
            !$0.allSatisfy(\.isWhitespace)
        }
        .prefix(60).map { [Self.run(String($0), limit: limits.text)] }
    }

    private func facts(_ limits: Limits) -> [[JSONValue]] {
        notification.facts.prefix(limits.facts).map { fact in
            [
                Self.run("\(fact.name): ", limit: 100, ["weight": "Bolder"]),
                Self.run(fact.value.isEmpty ? "–" : fact.value, limit: limits.value),
            ]
        }
    }

    private func footer(_ limits: Limits) -> String {
        let left = notification.facts.count - limits.facts
        return "incident \(notification.incidentID) · \(notification.kind)" + (left > 0 ? " · \(left) more facts" : "")
    }

    /// `{{DATE(…)}}` would be read as a date.
    private static func run(_ text: String, limit: Int, _ style: [String: JSONValue] = [:]) -> JSONValue {
        let text = EscapedText.cut(PlainText.line(text), limit: limit) { $0 == "{" ? "{\u{2060}" : String($0) }
        return .object(style.merging(["type": "TextRun", "text": .string(text)]) { _, new in new })
    }
}
