internal import Riposte

/// Header fields in the order they were set. Names are compared without regard to case.
///
/// What is set here can be sent: a name that is no token, a value with a line break or another control character, and the
/// fields that frame a message are refused.
public struct HTTPFields: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public private(set) var all: [Field] = []

    public init() {}

    /// The first value under `name`.
    public subscript(_ name: String) -> String? {
        let wanted = name.lowercased()
        return all.first { $0.name.lowercased() == wanted }?.value
    }

    /// Sets `name` to `value`, in the place of any value it has.
    ///
    /// - Throws: ``HTTPError`` with ``HTTPError/Code/invalidHeader``. The message names the field, never the value.
    public mutating func set(_ name: String, _ value: String) throws(HTTPError) {
        try Self.check(name: name)
        guard value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
            throw HTTPError(.invalidHeader, .permanent, "the value of the header “\(name)” holds a line break or another control character")
        }
        guard value.utf8.count <= 8192 else {
            throw HTTPError(.invalidHeader, .permanent, "the value of the header “\(name)” is longer than 8192 bytes")
        }
        let key = name.lowercased()
        all.removeAll { $0.name.lowercased() == key }
        all.append(Field(name: name, value: value))
    }

    /// Throws where a field of this name cannot be sent.
    static func check(name: String) throws(HTTPError) {
        guard !name.isEmpty, name.utf8.count <= 256, name.utf8.allSatisfy(isToken) else {
            throw HTTPError(.invalidHeader, .permanent, "a header's name holds a character that no name may hold")
        }
        guard
            !["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"].contains(name.lowercased())
        else {
            throw HTTPError(.invalidHeader, .permanent, "the header “\(name)” is set by the client itself")
        }
    }

    /// Takes what a server sent, as it is.
    mutating func append(received name: String, _ value: String) { all.append(Field(name: name, value: value)) }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension HTTPFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names alone: a value may be a secret.
    public var description: String { all.map(\.name).joined(separator: ", ") }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["names": description]) }
}
