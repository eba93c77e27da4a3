/// A number and a word for people: `1 error`, `2 errors`.
enum Counted {
    static func text(_ count: some BinaryInteger, _ word: String) -> String { count == 1 ? "1 \(word)" : "\(count) \(word)s" }
}
