internal import CLibldap
internal import Riposte

/// One connection for one order. Belongs to one thread, which libldap holds for as long as the deadline at most.
final class LDAPConnection {
    private let handle: OpaquePointer
    private let password: SecretValue?
    /// libldap knows where it is until the connection is closed.
    private let wire: LDAPWire
    private let deadline: ContinuousClock.Instant

    private init(_ handle: OpaquePointer, _ password: SecretValue?, _ wire: LDAPWire, _ deadline: ContinuousClock.Instant) {
        (self.handle, self.password, self.wire, self.deadline) = (handle, password, wire, deadline)
    }

    deinit { riposte_ldap_close(handle) }

    /// Connects, encrypts and signs in.
    ///
    /// - Parameter wire: is cut at the deadline by whoever made it.
    static func open(
        _ configuration: LDAPConfiguration, password: SecretValue?, wire: LDAPWire, deadline: ContinuousClock.Instant
    ) throws(DirectoryFailure) -> LDAPConnection {
        func connect(verifying: Bool = true) throws(DirectoryFailure) -> LDAPConnection {
            try encrypted(configuration, verifying, password, wire, deadline)
        }
        let connection: LDAPConnection
        do throws(DirectoryFailure) { connection = try connect() } catch {
            // libldap does not say what was wrong with a certificate, nor that it was one. Where the server is there for whoever does
            // not ask for it, and still not for us, it is: a server that was just going down is seen to be back.
            guard configuration.isEncrypted, error.kind == .transient, wire.hasReached, (try? connect(verifying: false)) != nil,
                (try? connect()) == nil
            else { throw error }
            throw DirectoryFailure(.permanent, configuration.distrust)
        }
        if let name = configuration.bindName {
            try connection.perform("no connection as \(name)") { riposte_ldap_bind($0, name, password?.revealed ?? "") }
        }
        return connection
    }

    /// Connected, encrypted where that is wanted, and as nobody yet.
    private static func encrypted(
        _ configuration: LDAPConfiguration, _ verifies: Bool, _ password: SecretValue?, _ wire: LDAPWire,
        _ deadline: ContinuousClock.Instant
    ) throws(DirectoryFailure) -> LDAPConnection {
        var made: OpaquePointer?
        let result = LDAPResult(riposte_ldap_open(&made, configuration.url, configuration.authorities, verifies ? 1 : 0))
        guard let made else { throw DirectoryFailure(.permanent, "libldap cannot use these settings: \(text(result))") }
        let connection = LDAPConnection(made, password, wire, deadline)
        try connection.check(result, "cannot use these settings" + (configuration.authorities.map { ", or read \($0)" } ?? ""))
        try connection.perform("no connection") { wire.connect($0).rawValue }
        if configuration.startTLS { try connection.perform("no encrypted connection") { riposte_ldap_start_tls($0) } }
        return connection
    }

    /// An entry, and the values of one of its attributes.
    struct Entry {
        var name: String
        var values: [String]
    }

    /// The one entry that a filter finds; `nil` where there is none.
    func entry(below base: String, _ filter: String, attribute: String) throws(DirectoryFailure) -> Entry? {
        var found: OpaquePointer?
        let limit = try left()
        let result = LDAPResult(riposte_ldap_search(handle, base, filter, attribute, limit, &found))
        defer { ldap_msgfree(found) }
        let count = found.map { ldap_count_entries(handle, $0) } ?? 0
        guard count <= 1, result != .sizeLimitExceeded else {
            throw DirectoryFailure(.permanent, "the filter finds more than one entry, so it is not clear whose account it is")
        }
        try check(result, "the search failed")
        guard count == 1, let entry = ldap_first_entry(handle, found), let name = ldap_get_dn(handle, entry) else { return nil }
        defer { ldap_memfree(name) }
        return Entry(name: String(cString: name), values: values(of: attribute, entry))
    }

    private func values(of attribute: String, _ entry: OpaquePointer) -> [String] {
        guard let values = ldap_get_values_len(handle, entry, attribute) else { return [] }
        defer { ldap_value_free_len(values) }
        return (0..<Int(ldap_count_values_len(values))).compactMap { index in
            guard let value = values[index]?.pointee, let bytes = value.bv_val else { return nil }
            return String(decoding: UnsafeRawBufferPointer(start: bytes, count: Int(value.bv_len)), as: UTF8.self)
        }
    }

    enum Change: Int32 {
        case add = 0
        case remove = 1
        case replace = 2
    }

    /// - Returns: whether anything was changed; not where it was so already.
    func modify(_ name: String, _ change: Change, _ mark: LDAPConfiguration.Mark) throws(DirectoryFailure) -> Bool {
        riposte_ldap_limit(handle, try left())
        let result = LDAPResult(riposte_ldap_modify(handle, name, change.rawValue, mark.attribute, mark.value))
        if result == .valueExists || result == .noSuchAttribute { return false }
        try check(result, "\(mark.attribute) of \(name) was not changed", changes: true)
        return true
    }

    // MARK: - Pieces

    private func perform(_ what: String, _ body: (OpaquePointer) -> Int32) throws(DirectoryFailure) {
        riposte_ldap_limit(handle, try left())
        try check(LDAPResult(body(handle)), what)
    }

    private func check(_ result: LDAPResult, _ what: String, changes: Bool = false) throws(DirectoryFailure) {
        guard result != .success else { return }
        let open = changes && result.isSilence ? "; it may have been done" : ""
        throw DirectoryFailure(result.kind(changes: changes), "\(what): \(said(result))\(open)")
    }

    private func said(_ result: LDAPResult) -> String {
        if result.isSilence, ContinuousClock.now >= deadline { return "the server gave no answer in time" }
        let name = Self.text(result)
        if result == .referral { return "the server sends us to another one; set “url” to the one that takes changes" }
        guard let diagnostic = riposte_ldap_diagnostic(handle) else { return name }
        defer { riposte_ldap_free(diagnostic) }
        let text = ServerText.shown(String(cString: diagnostic), withholding: password)
        return text.isEmpty || text == name ? name : "\(name) (\(text))"
    }

    private static func text(_ result: LDAPResult) -> String { String(cString: ldap_err2string(result.rawValue)) }

    /// Milliseconds, at least one.
    private func left() throws(DirectoryFailure) -> Int {
        let left = Int(max(deadline - .now, .zero) / .milliseconds(1))
        guard left > 0 else { throw DirectoryFailure(.transient, "the server gave no answer in time") }
        return left
    }
}
