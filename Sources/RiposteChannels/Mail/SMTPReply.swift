internal import Riposte

/// What a mail server answered. Its words come from outside: they are one line without control characters.
struct SMTPReply: Sendable, Hashable, CustomStringConvertible {
    let code: Int
    let words: String

    init(code: Int, words: String) {
        self.code = code
        self.words = String(PlainText.line(words).prefix(300))
    }

    var isAccepted: Bool { (200...299).contains(code) }
    /// 4xx: it may work later. Anything else that is not accepted never will.
    var failureKind: FailureKind { (400...499).contains(code) ? .transient : .permanent }
    var description: String { words.isEmpty ? "\(code)" : "\(code) \(words)" }
}
