internal import Riposte

/// A notification as a syslog message (RFC 5424). The same notification is the same message each time.
///
/// `<131>1 2026-11-20T12:00:00Z web01 riposte - opened [riposte@32473 id="…" incident="…" …][facts@32473 ip="…"] BOM text`
struct SyslogMessage {
    private let notification: Riposte.Notification
    private let configuration: SyslogConfiguration

    init(_ notification: Riposte.Notification, _ configuration: SyslogConfiguration) {
        self.notification = notification
        self.configuration = configuration
    }

    /// At most ``SyslogConfiguration/maximumSize`` long: facts are left away first, then the text is cut.
    var bytes: [UInt8] {
        var start = head + element("riposte", own)
        let room = configuration.maximumSize - 120
        var count = min(notification.facts.count, 50)
        while count > 0, start.utf8.count + facts(count).utf8.count > room { count -= 1 }
        start += facts(count) + " "
        return Array(start.utf8) + [0xEF, 0xBB, 0xBF] + Self.cut(text, configuration.maximumSize - start.utf8.count - 3)
    }

    private var head: String {
        let priority = configuration.facility.code * 8 + severity
        let hostname = Self.printable(configuration.hostname, limit: 100)
        return "<\(priority)>1 \(notification.createdAt) \(hostname) riposte - \(notification.kind) "
    }

    private var severity: Int {
        guard notification.kind.isCall else { return 5 }
        return switch notification.severity {
        case .critical: 2
        case .high: 3
        case .medium: 4
        case .low: 5
        case .info: 6
        }
    }

    private var own: [(String, String)] {
        [
            ("id", notification.id), ("incident", notification.incidentID), ("kind", notification.kind.rawValue),
            ("severity", notification.severity.name),
        ].map { ($0.0, Self.printable($0.1, limit: 60)) }
    }

    private func facts(_ count: Int) -> String {
        guard count > 0 else { return "" }
        return element(
            "facts",
            notification.facts.prefix(count).map {
                (Self.printable($0.name, limit: 32), EscapedText.cut(PlainText.line($0.value), limit: 500))
            })
    }

    private var text: String {
        let (title, body) = (PlainText.line(notification.title), PlainText.line(notification.body))
        return body.isEmpty ? title : "\(title): \(body)"
    }
}

// MARK: - Parts

extension SyslogMessage {
    /// 32473 is the number that RFC 5612 sets aside: Riposte has none of its own.
    private func element(_ name: String, _ parameters: [(String, String)]) -> String {
        "[\(name)@32473" + parameters.map { " \($0.0)=\"\(Self.escaped($0.1))\"" }.joined() + "]"
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\"" || scalar == "\\" || scalar == "]" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
    }

    /// ASCII without spaces and without what ends a name; `-` where nothing is left.
    private static func printable(_ text: String, limit: Int) -> String {
        let plain = text.unicodeScalars.prefix(limit).map { scalar in
            (0x21...0x7E).contains(scalar.value) && !"=]\"".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return plain.isEmpty ? "-" : String(plain)
    }

    /// Whole characters of UTF-8, `…` where some are left away.
    private static func cut(_ text: String, _ limit: Int) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return bytes }
        var end = max(limit - 3, 0)
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return bytes[..<end] + Array("…".utf8)
    }
}
