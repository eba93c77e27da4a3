internal import Crypto

/// Hashes that are the same in every process and on every machine: ids are made of them.
package enum StableHash {
    /// 64 bits of SHA-256.
    package static func of(_ text: String) -> UInt64 {
        SHA256.hash(data: Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `length` characters of Crockford's base 32 of SHA-256 over the parts; at most 51. The parts are length-prefixed,
    /// so that ("ab", "c") and ("a", "bc") differ.
    package static func id(_ parts: [String], length: Int = 13) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        var text: [UInt8] = []
        var bits: UInt64 = 0
        var held: UInt64 = 0
        for byte in hash.finalize() {
            held = held << 8 | UInt64(byte)
            bits += 8
            while bits >= 5, text.count < length {
                bits -= 5
                text.append(alphabet[Int(held >> bits & 31)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
