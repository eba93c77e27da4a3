/// What a circuit breaker is about: an action or, where its steps choose among several, one of its back ends.
public struct CircuitKey: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The action whose steps failed.
    public var action: ActionName
    /// Which of its back ends; `nil` = it has one.
    public var backEnd: String?

    init(_ action: ActionName, _ backEnd: String? = nil) {
        self.action = action
        self.backEnd = backEnd
    }

    /// `block_ip`, `webhook https://example.org`.
    public var description: String { action.rawValue + (backEnd.map { " \($0)" } ?? "") }

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        self.init(ActionName(String(parts.first ?? "")), parts.count == 2 ? String(parts[1]) : nil)
    }

    public static func < (a: CircuitKey, b: CircuitKey) -> Bool { a.description < b.description }
}
