internal import Riposte

/// A notification as an embed of Discord's, inside its limits: a title of 256 characters, a description of 4,096, 25 fields with
/// names of 256 and values of 1,024, and 6,000 for all of it.
struct DiscordMessage {
    private let notification: Riposte.Notification

    init(_ notification: Riposte.Notification) { self.notification = notification }

    var bytes: [UInt8] { Array(json.description.utf8) }

    var json: JSONValue { ["embeds": [embed], "allowed_mentions": ["parse": []]] }

    private var embed: JSONValue {
        var embed: [String: JSONValue] = [
            "title": .string(DiscordText.escaped("[\(notification.severity)] \(PlainText.line(notification.title))", limit: 256)),
            "color": .int(color), "timestamp": .string(notification.createdAt.description),
            "footer": ["text": .string(EscapedText.cut(footer, limit: 200))],
        ]
        let text = DiscordText.escaped(PlainText.lines(notification.body), limit: 2000)
        if !text.allSatisfy(\.isWhitespace) { embed["description"] = .string(text) }
        if !notification.facts.isEmpty { embed["fields"] = .array(notification.facts.prefix(Self.maximumFields).map(field)) }
        if let link = notification.webLink(limit: 2000) { embed["url"] = .string(link) }
        return .object(embed)
    }

    private static let maximumFields = 10

    private func field(_ fact: Riposte.Notification.Fact) -> JSONValue {
        ["name": .string(Self.filled(fact.name, limit: 80)), "value": .string(Self.filled(fact.value, limit: 240)), "inline": true]
    }

    /// Discord refuses what is empty.
    private static func filled(_ text: String, limit: Int) -> String {
        let text = DiscordText.escaped(PlainText.line(text), limit: limit)
        return text.allSatisfy(\.isWhitespace) ? "–" : text
    }

    /// A footer knows no formatting.
    private var footer: String {
        let left = notification.facts.count - Self.maximumFields
        return "incident \(PlainText.line(notification.incidentID)) · \(notification.kind)" + (left > 0 ? " · \(left) more facts" : "")
    }

    private var color: Int64 {
        guard notification.kind.isCall else { return 0x80_8890 }
        return switch notification.severity {
        case .critical: 0xB0_0020
        case .high: 0xE0_4F1A
        case .medium: 0xE0_A100
        case .low, .info: 0x2F_73C9
        }
    }
}
