import Crypto
import NIOPosix

/// A password as it is kept: PBKDF2-HMAC-SHA256 with a salt of its own.
///
/// That takes long by intention, so requests have it done on threads of its own: others go on meanwhile.
struct PasswordHash: Sendable, Hashable {
    private let salt: [UInt8]
    private let rounds: Int
    private let key: [UInt8]

    init(_ password: String, rounds: Int) {
        salt = Random.bytes(16)
        self.rounds = rounds
        key = Self.derive(Array(password.utf8), salt: salt, rounds: rounds, length: 32)
    }

    static func made(of password: String, rounds: Int) async -> PasswordHash { await aside { PasswordHash(password, rounds: rounds) } }

    func matches(_ password: String) async -> Bool {
        await Self.aside { Bytes.areEqual(Self.derive(Array(password.utf8), salt: salt, rounds: rounds, length: key.count), key) }
    }

    private static func aside<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        do { return try await NIOThreadPool.singleton.runIfActive(work) } catch { return work() }  // it has been shut down
    }

    /// RFC 8018, section 5.2.
    static func derive(_ password: [UInt8], salt: [UInt8], rounds: Int, length: Int) -> [UInt8] {
        let keyed = HMAC<SHA256>(key: SymmetricKey(data: password))
        func mac(_ bytes: [UInt8]) -> [UInt8] {
            var mac = keyed
            mac.update(data: bytes)
            return Array(mac.finalize())
        }
        var output: [UInt8] = []
        var number: UInt32 = 1
        while output.count < length {
            var last = mac(salt + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) })
            var block = last
            for _ in 1..<max(rounds, 1) {
                last = mac(last)
                for index in block.indices { block[index] ^= last[index] }
            }
            output += block
            number += 1
        }
        return Array(output.prefix(length))
    }
}
