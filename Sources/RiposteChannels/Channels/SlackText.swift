/// Text on its way into a Slack message.
enum SlackText {
    /// `text` with `&`, `<` and `>` escaped, so that no user name makes a link or calls `<!channel>`, cut to `limit` UTF-16
    /// units with `…` at its end. An escape is never cut in two.
    static func escaped(_ text: String, limit: Int) -> String { EscapedText.cut(text, limit: limit, piece: piece) }

    private static func piece(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(scalar)
        }
    }
}
