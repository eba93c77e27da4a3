/// Text on its way into a Discord message.
enum DiscordText {
    /// `text` with a backslash before every sign that Discord's Markdown knows, `:` and `/` included: what looks like an address
    /// is then no link, and what looks like a name calls nobody. Discord shows it without the backslashes. Cut to `limit` UTF-16
    /// units, never between a backslash and its sign.
    static func escaped(_ text: String, limit: Int) -> String {
        EscapedText.cut(text, limit: limit) { signs.contains($0) ? "\\" + String($0) : String($0) }
    }

    static let signs = Set("\\*_~`|>#-+[](){}<:/@.!&".unicodeScalars)
}
