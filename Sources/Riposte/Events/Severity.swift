/// How bad an anomaly is. The order is the meaning: `info < low < medium < high < critical`.
public enum Severity: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    /// Worth knowing; nobody needs to do anything.
    case info
    /// Happens every day, and by itself means little.
    case low
    /// An attack that has not got anywhere.
    case medium
    /// An attack that should be answered.
    case high
    /// An attack that succeeds or is about to. What the guard keeps of its budgets is for these.
    case critical

    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

    /// The name used in playbooks and records.
    public var name: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    /// The severity with this name; `nil` for any other word.
    public init?(name: String) {
        guard let match = Severity.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

extension Severity: CustomStringConvertible, Codable {
    public var description: String { name }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Severity(name: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not a severity")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
