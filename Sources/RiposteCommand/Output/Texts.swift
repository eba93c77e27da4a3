import Riposte

/// A number and a word for people: `1 error`, `2 errors`.
enum Counted {
    static func text(_ count: some BinaryInteger, _ word: String) -> String { count == 1 ? "1 \(word)" : "\(count) \(word)s" }
}

extension Timestamp {
    /// The same second: what a table has room for.
    var toSeconds: Timestamp { Timestamp(seconds: seconds) }
}
