internal import Riposte

/// What a server said, on its way into the record.
enum ServerWords {
    /// ` (the words)`, on one line and not too long; empty where there are none, or where they repeat a secret.
    static func shown(_ words: String, without secrets: [String]) -> String {
        let text = PlainText.line(words)
        guard !text.isEmpty, !secrets.contains(where: { text.contains($0) }) else { return "" }
        return " (\(EscapedText.cut(text, limit: 300)))"
    }
}
