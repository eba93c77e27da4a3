internal import Riposte

/// A notification as a mail: text and HTML. The same notification is the same mail each time, its `Message-ID` included.
struct EmailMessage {
    private let notification: Riposte.Notification
    private let from: MailAddress
    private let to: [MailAddress]

    init(_ notification: Riposte.Notification, from: MailAddress, to: [MailAddress]) {
        self.notification = notification
        self.from = from
        self.to = to
    }

    var bytes: [UInt8] { Array(text.utf8) }

    private var text: String {
        (headers.map(\.text) + ["\r\n"] + [part("plain", plain), part("html", html)]).joined() + "--\(boundary)--\r\n"
    }

    private var headers: [MailHeader] {
        MailHeader.all(
            date: notification.createdAt, from: from, to: to, subject: "[\(notification.severity)] \(title)", id: notification.id,
            contentType: "multipart/alternative; boundary=\"\(boundary)\"",
            [
                // No mail has this id; mail programs put those that refer to the same one together.
                MailHeader("References", id: notification.deduplicationKey, at: from),
                MailHeader("X-Riposte-Incident", notification.incidentID),
                MailHeader("X-Riposte-Kind", verbatim: notification.kind.rawValue),
                MailHeader("X-Riposte-Severity", verbatim: notification.severity.name),
            ])
    }

    /// Quoted-printable text never holds `=_`.
    private var boundary: String { "=_riposte_\(StableHash.id([notification.id], length: 20))" }

    private func part(_ kind: String, _ text: String) -> String {
        "--\(boundary)\r\nContent-Type: text/\(kind); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + QuotedPrintable.encoded(text) + "\r\n"
    }
}

// MARK: - Content

extension EmailMessage {
    private var title: String { Self.cut(PlainText.line(notification.title), 250) }
    private var content: String { Self.cut(PlainText.lines(notification.body), 20_000) }

    private var facts: [(name: String, value: String)] {
        notification.facts.prefix(100).map { (Self.cut(PlainText.line($0.name), 200), Self.cut(PlainText.line($0.value), 2000)) }
    }

    /// What is not a plain web address is left away.
    private var link: String? { notification.link.flatMap { try? HTTPURL($0) }?.text }

    private var footer: String { "incident \(PlainText.line(notification.incidentID)), \(notification.severity), \(notification.kind)" }

    private var plain: String {
        var lines = [title, "", content]
        if !facts.isEmpty { lines += [""] + facts.map { "\($0.name): \($0.value)" } }
        if let link { lines += ["", link] }
        return (lines + ["", "-- ", footer, ""]).joined(separator: "\n")
    }

    private var html: String {
        var lines = ["<!DOCTYPE html>", "<html><body style=\"font-family: sans-serif\">", "<h2>\(Self.escaped(title))</h2>"]
        let paragraph = Self.escaped(content).split(separator: "\n", omittingEmptySubsequences: false)
        lines.append("<p>\(paragraph.joined(separator: "<br>\n"))</p>")
        if !facts.isEmpty {
            lines.append("<table>")
            lines += facts.map { "<tr><th align=\"left\">\(Self.escaped($0.name))</th><td>\(Self.escaped($0.value))</td></tr>" }
            lines.append("</table>")
        }
        if let link { lines.append("<p><a href=\"\(Self.escaped(link))\">Open the incident</a></p>") }
        return (lines + ["<p><small>\(Self.escaped(footer))</small></p>", "</body></html>", ""]).joined(separator: "\n")
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        text.unicodeScalars.count <= limit ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
