internal import Riposte

/// A notification as a text message.
enum SMSText {
    /// Twice the length of a message of one part: more is hardly read on a phone, and each part costs.
    static let limit = 320

    /// Phones make links of whatever looks like an address, so what does is written apart: `https[:]//evil[.]example`. IP
    /// addresses stay as they are.
    static func text(_ notification: Riposte.Notification) -> String {
        let title = PlainText.line("[\(notification.severity)] \(notification.title) (\(notification.incidentID))")
        let body = PlainText.line(notification.body)
        return EscapedText.cut(apart(body.isEmpty ? title : "\(title)\n\(body)"), limit: limit, ellipsis: "...")
    }

    private static func apart(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            let isDot = dots.contains(scalar) && next.properties.isAlphabetic
            let isColon = scalar == ":" && next == "/"
            if isDot || isColon || scalar == "@" {
                result += "[\(scalar)]".unicodeScalars
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Those that a name may be written with.
    private static let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
}
