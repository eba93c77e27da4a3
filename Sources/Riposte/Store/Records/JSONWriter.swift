/// Compact JSON text, written from front to back. Who writes an object gives its members in the order of their keys.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    // MARK: Objects and arrays

    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array<Elements: Sequence>(_ elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "["))
        for element in elements {
            separate(after: UInt8(ascii: "["))
            try write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Begins a member; its value comes next.
    mutating func key(_ key: String) {
        separate(after: UInt8(ascii: "{"))
        string(key)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(_ key: String, _ value: some JSONWritable) throws {
        self.key(key)
        try value.write(to: &self)
    }

    /// Writes nothing where there is no value.
    mutating func member(_ key: String, _ value: (some JSONWritable)?) throws {
        if let value { try member(key, value) }
    }

    /// For what is rarely there.
    mutating func member(_ key: String, encoded value: (some Encodable)?) throws {
        guard let value else { return }
        self.key(key)
        raw(try RecordCoding.encoded(value))
    }

    mutating func member(_ key: String, name: some RawRepresentable<String>) {
        self.key(key)
        string(name.rawValue)
    }

    mutating func member(_ key: String, text: some CustomStringConvertible) {
        self.key(key)
        string(text.description)
    }

    mutating func member(_ key: String, texts: [some CustomStringConvertible]) {
        self.key(key)
        array(texts) { $0.string($1.description) }
    }

    /// What has just been opened has no element yet, and no value ends like that.
    private mutating func separate(after opening: UInt8) {
        if bytes.last != opening { bytes.append(UInt8(ascii: ",")) }
    }

    // MARK: Values

    /// What is JSON already.
    mutating func raw(_ text: String) { bytes += text.utf8 }

    mutating func string(_ value: String) {
        bytes.append(0x22)
        var value = value
        value.withUTF8 { text in
            if text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                bytes += text
            } else {
                for byte in text { escaped(byte) }
            }
        }
        bytes.append(0x22)
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case 0x22: raw(#"\""#)
        case 0x5C: raw(#"\\"#)
        case 0x08: raw(#"\b"#)
        case 0x0C: raw(#"\f"#)
        case 0x0A: raw(#"\n"#)
        case 0x0D: raw(#"\r"#)
        case 0x09: raw(#"\t"#)
        case 0..<0x20: raw(#"\u00\#(byte < 0x10 ? "0" : "")\#(String(byte, radix: 16))"#)
        default: bytes.append(byte)
        }
    }
}
