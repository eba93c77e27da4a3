/// Tells cheaply that a name is none of those that were added: each request asks about its user and its session, of whom mostly nothing is
/// decided. Every name that was added may be here; of others one in sixty is taken for one where a hundred and thirty were added, and all
/// where many thousands were. What was taken out stays in it.
struct NameFilter: Sendable {
    private static let places = 8192
    private var bits = [UInt64](repeating: 0, count: places / 64)
    /// Whether a name beyond ASCII was added. Such a name may equal another one of other bytes, even one of ASCII (the sign for kelvin is a K).
    private var holdsAny = false

    mutating func add(_ name: String) {
        guard let place = Self.place(of: name) else {
            holdsAny = true
            return
        }
        bits[place / 64] |= 1 << (place % 64)
    }

    func mayHold(_ name: String) -> Bool {
        guard !holdsAny, let place = Self.place(of: name) else { return true }
        return bits[place / 64] & 1 << (place % 64) != 0
    }

    /// `nil` for names beyond ASCII. Whoever picks names that fall on one place gains nothing: they are looked up.
    private static func place(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            var (hash, seen, rest) = (UInt64(bytes.count), 0 as UInt64, 0 as UInt64)
            var offset = 0
            while offset + 8 <= bytes.count {
                let eight = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = mixed(hash ^ eight)
                seen |= eight
                offset += 8
            }
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            return (seen | rest) & 0x8080_8080_8080_8080 == 0 ? Int(mixed(hash ^ rest) >> 51) : nil
        }
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 32
    }
}
