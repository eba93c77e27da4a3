internal import Crypto
public import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The signature of a request's body: HMAC-SHA256 over `t.body`, sent as `Riposte-Signature: t=<unix seconds>,v1=<hex>`.
/// This is Stripe's scheme under another name, so that receivers can use what they have.
///
/// A receiver checks it with ``verify(_:body:secret:now:tolerance:)`` over the bytes as they came, before it reads them.
public enum RequestSignature {
    /// The header field that carries the signature.
    public static let fieldName = "Riposte-Signature"

    /// The field's value for `body`, signed at `time`.
    public static func value(for body: [UInt8], secret: SecretValue, at time: Timestamp) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: message(time.seconds, body), using: key(secret))
        return "t=\(time.seconds),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Why a signature is not accepted.
    public enum Problem: String, Error, Sendable, CustomStringConvertible {
        /// It does not read `t=…,v1=…`, with one time and up to eight signatures.
        case malformed
        /// Its time is further from now than the tolerance, either way: an old request sent again, or a wrong clock.
        case outOfTime
        /// No signature fits the body: another secret, or another body.
        case mismatch

        public var description: String {
            switch self {
            case .malformed: "the signature is malformed"
            case .outOfTime: "the signature's time is too far from now"
            case .mismatch: "the signature does not fit the request"
            }
        }
    }

    /// Throws where `value` does not sign `body`. The comparison takes the same time wherever the difference is. Several
    /// `v1` are accepted, one of which has to fit, so that a secret can be changed without a gap.
    public static func verify(
        _ value: String, body: [UInt8], secret: SecretValue, now: Timestamp, tolerance: Duration = .minutes(5)
    ) throws(Problem) {
        let (time, signatures) = try read(value)
        let distance = Timestamp(seconds: time) - now
        guard distance <= tolerance, distance >= .zero - tolerance else { throw .outOfTime }
        let (signed, key) = (message(time, body), key(secret))
        var fits = false
        for signature in signatures where HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key) {
            fits = true
        }
        guard fits else { throw .mismatch }
    }

    private static func message(_ time: Int64, _ body: [UInt8]) -> [UInt8] { Array("\(time).".utf8) + body }

    private static func key(_ secret: SecretValue) -> SymmetricKey { SymmetricKey(data: Array(secret.revealed.utf8)) }

    private static func read(_ value: String) throws(Problem) -> (time: Int64, signatures: [[UInt8]]) {
        guard value.utf8.count <= 1024 else { throw .malformed }
        var time: Int64?
        var signatures: [[UInt8]] = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .malformed }
            switch pair[0] {
            case "t":
                // Twelve digits reach past the year 30000, and stay far from where a time overflows.
                guard time == nil, (1...12).contains(pair[1].utf8.count), pair[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    throw .malformed
                }
                time = Int64(pair[1])
            case "v1":
                guard let bytes = hex(pair[1]) else { throw .malformed }
                signatures.append(bytes)
            default: continue  // a later scheme
            }
        }
        guard let time, (1...8).contains(signatures.count) else { throw .malformed }
        return (time, signatures)
    }

    /// 32 bytes as 64 digits; `nil` for anything else.
    private static func hex(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
