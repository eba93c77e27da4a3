internal import Crypto
internal import Foundation

/// Makes and reads the tokens of “was this you?” links: which incident, which user, until when, under an HMAC (RFC 2104) with
/// SHA-256. No token is stored: that it was used shows in the record of what it has lifted.
public struct UnlockTokens: Sendable {
    private enum Source {
        case key(SymmetricKey)
        case secret(Secret)
    }

    private let source: Source

    /// - Parameter secret: the same in every process that makes or reads tokens; at least 32 bytes that nobody can guess.
    public init(secret: some Sequence<UInt8>) throws(UnlockTokenError) { source = .key(try Self.key(secret)) }

    /// - Parameter secret: text of at least 32 bytes that nobody can guess, read whenever a token is made or read.
    public init(secret: Secret) { source = .secret(secret) }

    private static func key(_ secret: some Sequence<UInt8>) throws(UnlockTokenError) -> SymmetricKey {
        let bytes = Array(secret)
        guard bytes.count >= 32 else { throw .shortSecret }
        return SymmetricKey(data: bytes)
    }

    private func key() throws(UnlockTokenError) -> SymmetricKey {
        switch source {
        case .key(let key): return key
        case .secret(let secret):
            let value: SecretValue
            do throws(SecretError) { value = try secret.resolve() } catch { throw .unreadable(error) }
            return try Self.key(value.revealed.utf8)
        }
    }

    /// Whether tokens can be made now; throws why not.
    public func check() throws(UnlockTokenError) { _ = try key() }

    /// A token that can stand in a URL as it is.
    public func token(for user: String, in incident: IncidentID, until expires: Timestamp) throws(UnlockTokenError) -> String {
        let key = try key()
        let body = Self.text(Data(([String(expires.microseconds), incident.rawValue, user].joined(separator: "\0")).utf8))
        return body + "." + Self.text(Data(HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)))
    }

    /// Whom a token is about. In constant time as far as the signature goes.
    public func open(_ token: String, at now: Timestamp) throws(UnlockTokenError) -> (user: String, incident: IncidentID) {
        let key = try key()
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

/// Why a token opens nothing, or cannot be made.
public enum UnlockTokenError: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    /// The secret has fewer than 32 bytes; never thrown when a token is read.
    case shortSecret
    /// Its signature does not fit, or it is not whole. Nothing in it is to be believed.
    case invalid
    /// It is one of ours, and its time is over.
    case expired
    /// The secret cannot be read.
    case unreadable(SecretError)

    /// A secret may be mounted late, or be in the middle of being replaced.
    public var kind: FailureKind {
        if case .unreadable = self { .transient } else { .permanent }
    }

    public var description: String {
        switch self {
        case .shortSecret: "the secret of unlock links needs at least 32 bytes"
        case .invalid: "this link is not one of ours, or was cut short"
        case .expired: "this link's time has run out"
        case .unreadable(let error): error.description
        }
    }
}
