internal import CLibldap

/// What a connection runs over, for somebody else than its own thread to end it.
///
/// Sendable although it holds a pointer: what is behind it is read and written atomically, and lives as long as this does.
final class LDAPWire: @unchecked Sendable {
    /// In bytes, of one message. An entry with one attribute has far less.
    private static let longestMessage = 1 << 20

    private let raw: UnsafeMutablePointer<riposte_ldap_wire>?

    init() { raw = riposte_ldap_wire_make(Self.longestMessage) }

    deinit { raw.map { riposte_ldap_wire_free($0) } }

    /// Whatever waits for the server gets to hear that the connection is gone; one that comes later is gone at once.
    func cut() { raw.map { riposte_ldap_wire_cut($0) } }

    /// Whether a server has taken a connection.
    var hasReached: Bool { raw.map { riposte_ldap_wire_reached($0) != 0 } ?? false }

    /// Opens the connection of `handle` over this.
    func connect(_ handle: OpaquePointer) -> LDAPResult {
        guard let raw else { return .noMemory }
        return LDAPResult(riposte_ldap_connect(handle, raw))
    }
}
