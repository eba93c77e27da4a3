/// An account of this machine, as /etc/passwd and /etc/shadow have it.
struct LocalAccount: Sendable, Hashable {
    var name: String
    var number: UInt32
    var shell: String
    /// Whether there is a password that could be typed.
    var hasPassword: Bool
    /// The day of the last change of the password, counted from 1970; 0 = it must be changed at the next sign-in.
    var passwordDay: Int?
    /// The day from which on nobody signs in; `nil` = never.
    var expiryDay: Int?

    var hasLoginShell: Bool { !["", "nologin", "false", "sync"].contains(shell.split(separator: "/").last ?? "") }
}

/// What lies in a system's /etc about its accounts.
struct LocalAccountFiles: Sendable {
    var users: [String: LocalAccount] = [:]
    var administrators: Set<String> = []
    var numbers: ClosedRange<UInt32> = 1000...60_000

    init(passwd: String, shadow: String, group: String, definitions: String, administratorGroups: [String]) {
        let secrets = Dictionary(Self.rows(shadow, 8).map { ($0[0], $0) }) { first, _ in first }
        var groupNumbers: Set<String> = []
        for row in Self.rows(group, 4) where administratorGroups.contains(row[0]) {
            administrators.formUnion(row[3].split(separator: ",").map(String.init))
            groupNumbers.insert(row[2])
        }
        for row in Self.rows(passwd, 7) {
            guard let number = UInt32(row[2]), users[row[0]] == nil else { continue }
            let secret = secrets[row[0]]
            users[row[0]] = LocalAccount(
                name: row[0], number: number, shell: row[6],
                hasPassword: secret.map { !$0[1].isEmpty && !"!*".contains($0[1].prefix(1)) } ?? false,
                passwordDay: secret.flatMap { Int($0[2]) }, expiryDay: secret.flatMap { Int($0[7]) }.flatMap { $0 < 0 ? nil : $0 })
            if groupNumbers.contains(row[3]) { administrators.insert(row[0]) }
        }
        let least = Self.number("UID_MIN", definitions) ?? 1000
        numbers = least...max(Self.number("UID_MAX", definitions) ?? 60_000, least)
    }

    private static func rows(_ text: String, _ columns: Int) -> [[String]] {
        text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0.count >= columns }
    }

    private static func number(_ name: String, _ definitions: String) -> UInt32? {
        for line in definitions.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count >= 2, words[0] == name { return UInt32(words[1]) }
        }
        return nil
    }

    /// Why an account is none to be touched, whoever asks.
    func refusal(for user: LocalAccount) -> String? {
        guard user.number != 0 else { return "\(user.name) is root" }
        guard numbers.contains(user.number) else { return "\(user.name) is a system account (number \(user.number))" }
        guard user.hasLoginShell else {
            return "\(user.name) is a service account (its shell is \(user.shell.isEmpty ? "none" : user.shell))"
        }
        return nil
    }

    /// Why an account must not be shut out: nobody else could mend things then.
    func lastAdministratorRefusal(for user: LocalAccount, today: Int) -> String? {
        guard administrators.contains(user.name) else { return nil }
        let others = administrators.subtracting([user.name]).compactMap { users[$0] }
        guard !others.contains(where: { $0.hasLoginShell && LocalExpiry.isOpen($0.expiryDay, today: today) }) else { return nil }
        return "\(user.name) is the last administrator who can sign in"
    }
}
