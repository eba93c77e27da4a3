import Crypto

enum Random {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// 160 bits as a word for cookies and links.
    static func word() -> String { Base32.text(bytes(20)) }
}

enum Bytes {
    /// Compares in a time that depends on the lengths alone.
    static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

enum Digest {
    /// What is kept of a secret word: whoever reads the memory or a backup cannot use it.
    static func of(_ word: String) -> String { Base32.text(Array(SHA256.hash(data: Array(word.utf8)))) }
}

enum Base32 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// RFC 4648 without padding.
    static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        var (buffer, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            (buffer, bits) = (buffer << 8 | UInt32(byte), bits + 8)
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(buffer >> bits) & 31])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { text.append(letters[Int(buffer << (5 - bits)) & 31]) }
        return text
    }
}
