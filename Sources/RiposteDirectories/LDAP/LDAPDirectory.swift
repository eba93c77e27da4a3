public import Riposte

/// Accounts in an LDAP directory, under a restriction while an attribute of their entry has a certain value: by the password
/// policy's own attributes where nothing else is set.
///
/// Only the value that Riposte writes is ever taken away: what somebody else has put there instead stays.
public final class LDAPDirectory: AccountDirectory, MailAddressBook {
    public let name: DirectoryName
    public let restrictions: Set<AccountRestriction>
    private let configuration: LDAPConfiguration
    private let calls = BlockingCalls()

    public init(_ name: DirectoryName, _ configuration: LDAPConfiguration) {
        self.name = name
        self.configuration = configuration
        restrictions = Set(configuration.marks.keys)
    }

    public func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        guard let mark = configuration.marks[restriction] else { return .unknown }
        return try await withEntry(user, mark.attribute) { _, entry in
            guard let entry else { return .noSuchAccount }
            return entry.values.contains(mark.value) ? .restricted : .free
        }
    }

    public func restrict(_ order: AccountOrder) async throws -> AccountChange {
        guard let mark = configuration.marks[order.restriction] else { return .cannot("no attribute is set for it", .permanent) }
        return try await withEntry(order.user, mark.attribute) { connection, entry in
            guard let entry else { return .cannot("there is no account \(order.user)", .permanent) }
            guard !entry.values.contains(mark.value) else { return .alreadySo }
            return try connection.modify(entry.name, mark.isSingle ? .replace : .add, mark) ? .changed : .alreadySo
        }
    }

    public func lift(_ order: AccountOrder) async throws -> AccountChange {
        guard let mark = configuration.marks[order.restriction] else { return .cannot("no attribute is set for it", .permanent) }
        return try await withEntry(order.user, mark.attribute) { connection, entry in
            guard let entry, entry.values.contains(mark.value) else { return .alreadySo }
            return try connection.modify(entry.name, .remove, mark) ? .changed : .alreadySo
        }
    }

    public func mailAddress(of user: String) async throws -> String? {
        try await withEntry(user, configuration.mailAttribute) { _, entry in entry?.values.first }
    }

    private func withEntry<Answer: Sendable>(
        _ user: String, _ attribute: String,
        _ body: @escaping @Sendable (LDAPConnection, LDAPConnection.Entry?) throws -> Answer
    ) async throws -> Answer {
        let configuration = configuration
        return try await connected { connection in
            let filter = configuration.filter.text(for: user)
            return try body(connection, try connection.entry(below: configuration.base, filter, attribute: attribute))
        }
    }

    private func connected<Answer: Sendable>(_ body: @escaping @Sendable (LDAPConnection) throws -> Answer) async throws -> Answer {
        let configuration = configuration
        let wire = LDAPWire()
        return try await calls.perform(within: configuration.timeout, cut: { wire.cut() }) { deadline in
            let password = try configuration.password.map { (secret) throws(DirectoryFailure) in try secret.forDirectory() }
            return try body(try LDAPConnection.open(configuration, password: password, wire: wire, deadline: deadline))
        }
    }
}

extension LDAPDirectory: ExaminableDirectory {
    /// Looks for an account that nobody has. Whether changes are allowed shows only when one is made.
    package func examine() async throws -> String {
        _ = try await withEntry("riposte doctor", configuration.mailAttribute) { _, entry in entry == nil }
        let marks = Set(configuration.marks.values.map(\.attribute)).sorted().joined(separator: ", ")
        return "answers \(configuration.bindName ?? "whoever asks"); whether it lets \(marks) be written is not tried"
    }
}
