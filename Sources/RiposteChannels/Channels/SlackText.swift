internal import Riposte

/// Text on its way into a Slack message.
enum SlackText {
    /// `text` with `&`, `<` and `>` escaped, so that no user name makes a link or calls `<!channel>`, cut to `limit` UTF-16
    /// units with `…` at its end. An escape is never cut in two.
    static func escaped(_ text: String, limit: Int) -> String {
        var result = ""
        var length = 0
        var beforeEllipsis: String?  // the longest start that leaves room for it
        for scalar in text.unicodeScalars {
            let piece = piece(scalar)
            length += piece.utf16.count
            if beforeEllipsis == nil, length > limit - 1 { beforeEllipsis = result }
            guard length <= limit else { return (beforeEllipsis ?? "") + "…" }
            result += piece
        }
        return result
    }

    private static func piece(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(scalar)
        }
    }
}
