import Crypto

/// The codes that an authenticator app shows: RFC 6238 with SHA-1, 30 seconds, six digits, as all of them do.
struct OneTimeCode: Sendable {
    let secret: [UInt8]
    var digits = 6

    static func newSecret() -> [UInt8] { Random.bytes(20) }

    /// The code of one time step.
    func code(step: UInt64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> UInt64(56 - 8 * $0)) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 15)
        let value = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 }
        let text = String(value % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    func code(at seconds: Int64) -> String { code(step: Self.step(at: seconds)) }

    static func step(at seconds: Int64) -> UInt64 { UInt64(max(seconds, 0)) / 30 }

    /// Which step `code` is of, among the present one and its neighbours, for clocks that differ; none that is not later than `last`.
    func step(of code: String, at seconds: Int64, after last: UInt64) -> UInt64? {
        let now = Self.step(at: seconds)
        var found: UInt64?
        // All of them, so that the time tells nothing.
        for step in [now, now &+ 1, now &- 1] where Bytes.areEqual(Array(code.utf8), Array(self.code(step: step).utf8)) && step > last {
            found = found ?? step
        }
        return found
    }

    /// What the app reads from a QR code, or a person types in.
    func address(for user: String) -> String { "otpauth://totp/App:\(user)?secret=\(secretText)&issuer=App" }

    var secretText: String { Base32.text(secret) }
}
