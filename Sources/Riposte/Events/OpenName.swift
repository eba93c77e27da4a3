/// A name from an open set: the known members are `static let`s, and a string literal makes a new one.
///
/// Names are compared byte for byte, and encode as plain strings.
public protocol OpenName: RawRepresentable, Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible
where RawValue == String, StringLiteralType == String {
    /// Creates the name of any spelling; none is refused.
    init(rawValue: String)
}

extension OpenName {
    /// Creates the name of any spelling; none is refused.
    public init(_ name: String) { self.init(rawValue: name) }
    /// Creates the name as it is written.
    public init(stringLiteral value: String) { self.init(rawValue: value) }
    /// Decodes a plain string.
    public init(from decoder: any Decoder) throws { self.init(rawValue: try decoder.singleValueContainer().decode(String.self)) }
    /// Encodes as a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    public var description: String { rawValue }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
