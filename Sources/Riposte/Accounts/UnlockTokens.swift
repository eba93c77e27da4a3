internal import Crypto
internal import Foundation

/// Makes and reads the tokens of “was this you?” links: which incident, which user, until when, under an HMAC (RFC 2104) with
/// SHA-256. No token is stored: that it was used shows in the record of what it has lifted.
public struct UnlockTokens: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: the same in every process that makes or reads tokens; at least 32 bytes that nobody can guess.
    public init(secret: some Sequence<UInt8>) throws(UnlockTokenError) {
        let bytes = Array(secret)
        guard bytes.count >= 32 else { throw .shortSecret }
        key = SymmetricKey(data: bytes)
    }

    /// A token that can stand in a URL as it is.
    public func token(for user: String, in incident: IncidentID, until expires: Timestamp) -> String {
        let body = Self.text(Data(([String(expires.microseconds), incident.rawValue, user].joined(separator: "\0")).utf8))
        return body + "." + Self.text(Data(HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)))
    }

    /// Whom a token is about. In constant time as far as the signature goes.
    public func open(_ token: String, at now: Timestamp) throws(UnlockTokenError) -> (user: String, incident: IncidentID) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 4096, parts.count == 2, let code = Self.data(parts[1]), let body = Self.data(parts[0]),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(parts[0].utf8), using: key)
        else { throw .invalid }
        let fields = String(decoding: body, as: UTF8.self).split(separator: "\0", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let expires = Int64(fields[0]) else { throw .invalid }
        guard Timestamp(microseconds: expires) > now else { throw .expired }
        return (String(fields[2]), IncidentID(String(fields[1])))
    }

    /// Base 64 for URLs (RFC 4648, section 5), without padding.
    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func data(_ text: Substring) -> Data? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: String(standard) + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}

/// Why a token opens nothing.
public enum UnlockTokenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The secret has fewer than 32 bytes; thrown when tokens are set up, never when one is read.
    case shortSecret
    /// Its signature does not fit, or it is not whole. Nothing in it is to be believed.
    case invalid
    /// It is one of ours, and its time is over.
    case expired

    public var description: String {
        switch self {
        case .shortSecret: "the secret of unlock links needs at least 32 bytes"
        case .invalid: "this link is not one of ours, or was cut short"
        case .expired: "this link's time has run out"
        }
    }
}
