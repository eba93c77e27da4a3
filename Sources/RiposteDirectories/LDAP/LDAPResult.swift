internal import Riposte

/// A result code of LDAP (RFC 4511, appendix A), or a negative one of libldap's own.
struct LDAPResult: RawRepresentable, Sendable, Hashable {
    let rawValue: Int32
    init(rawValue: Int32) { self.rawValue = rawValue }
    init(_ code: Int32) { rawValue = code }

    static let success = LDAPResult(0)
    static let sizeLimitExceeded = LDAPResult(4)
    static let referral = LDAPResult(10)
    static let noSuchAttribute = LDAPResult(16)
    static let valueExists = LDAPResult(20)
    static let noSuchObject = LDAPResult(32)
    static let noMemory = LDAPResult(-10)

    /// Nothing came back: no server, no connection, no answer in time, or one that cannot be read.
    var isSilence: Bool { [-1, -4, -5, -11].contains(rawValue) }

    /// Time limit, the server's own limits, busy, unavailable, no memory.
    private static let transient: [Int32] = [3, 11, 51, 52, -10]

    /// - Parameter changes: whether the server may have carried out what it was asked.
    func kind(changes: Bool) -> FailureKind {
        if isSilence { return changes ? .unknown : .transient }
        return Self.transient.contains(rawValue) ? .transient : .permanent
    }
}
