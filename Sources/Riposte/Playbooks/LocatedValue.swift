/// A JSON tree that remembers where each part was written, so that an error can say so.
public struct LocatedValue: Sendable, Hashable {
    /// What is written there.
    public var content: Content
    /// Where; `nil` for what was not read from a file.
    public var location: SourceLocation?

    /// What a part of the tree is.
    public enum Content: Sendable, Hashable {
        /// A single value.
        case scalar(JSONValue)
        /// Values in order.
        case list([LocatedValue])
        /// In the order written; a key may be there twice, which the reader refuses.
        case map([Member])
    }

    /// A key of a map, and what it holds.
    public struct Member: Sendable, Hashable {
        /// The key, as it is written.
        public var key: String
        /// Where the key stands; `nil` for what was not read from a file.
        public var keyLocation: SourceLocation?
        /// What it holds.
        public var value: LocatedValue

        /// Creates a member.
        public init(key: String, keyLocation: SourceLocation? = nil, value: LocatedValue) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// Creates a part of a tree.
    public init(_ content: Content, at location: SourceLocation? = nil) {
        self.content = content
        self.location = location
    }

    /// A tree without locations.
    public init(_ json: JSONValue) {
        switch json {
        case .array(let elements): content = .list(elements.map(LocatedValue.init))
        case .object(let members):
            content = .map(members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: LocatedValue($0.value)) })
        default: content = .scalar(json)
        }
    }

    /// The tree without its locations; of a key that is there twice the last.
    public var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .list(let elements): .array(elements.map(\.json))
        case .map(let members): .object(Dictionary(members.map { ($0.key, $0.value.json) }) { _, last in last })
        }
    }
}

/// A place in a file; line and column count from 1.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    /// The file's path, as it was given.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int

    /// Creates a place; nobody looks whether there is such a file.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}
