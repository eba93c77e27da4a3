internal import Riposte

/// nft's commands for a change; run as one transaction, they are carried out whole or not at all.
struct FirewallScript: Sendable {
    private let table: FirewallTable
    private let now: Timestamp
    private(set) var text = ""

    init(_ table: FirewallTable, now: Timestamp) {
        self.table = table
        self.now = now
    }

    /// The table anew, with nothing in it, whatever it was.
    mutating func rebuild() {
        // A table must be there to be deleted.
        command("add table inet \(table.name)")
        command("delete table inet \(table.name)")
        command("add table inet \(table.name) { comment \"\(table.owner)\"; }")
        command("add chain inet \(table.name) \(FirewallTable.chain) { \(FirewallTable.hook) }")
    }

    /// A set and its rule, which must not be there yet.
    mutating func declare(_ sets: some Sequence<FirewallSet>) {
        for set in Set(sets).sorted() {
            command("add set inet \(table.name) \(set.name) { type \(set.type); flags timeout; }")
            command("add rule inet \(table.name) \(FirewallTable.chain) \(set.rule)")
        }
    }

    /// Bans that hold from now on until their own end, and until no other: adding an element that is there leaves its
    /// time as it was, so each is taken away first.
    mutating func put(_ bans: some Collection<FirewallBan>) {
        lift(bans)
        elements("add", bans) { [now] ban in
            Self.address(ban) + (ban.until.map { " timeout \(Self.timeout($0 - now))" } ?? "")
        }
    }

    /// Bans that hold no longer. One that is not there cannot be deleted, so each is added first.
    mutating func lift(_ bans: some Collection<FirewallBan>) {
        elements("add", bans, Self.address)
        elements("delete", bans, Self.address)
    }

    mutating func remove() { command("delete table inet \(table.name)") }

    private mutating func elements(_ verb: String, _ bans: some Collection<FirewallBan>, _ element: (FirewallBan) -> String) {
        for (set, bans) in Dictionary(grouping: bans, by: \.set).sorted(by: { $0.key < $1.key }) {
            let list = bans.map(element).joined(separator: ", ")
            command("\(verb) element inet \(table.name) \(set.name) { \(list) }")
        }
    }

    private mutating func command(_ line: String) { text += line + "\n" }

    private static func address(_ ban: FirewallBan) -> String { "\(ban.range.network)" }

    /// `1d3h46m40s`, rounded up, at least a second. (nft 1.0.6 refuses a plain number of seconds with six digits.)
    static func timeout(_ length: Duration) -> String {
        let left = length.components
        var seconds = max(left.seconds + (left.attoseconds > 0 ? 1 : 0), 1)
        var text = ""
        for (length, unit) in [(86400, "d"), (3600, "h"), (60, "m"), (1, "s")] as [(Int64, String)] where seconds >= length {
            text += "\(seconds / length)\(unit)"
            seconds %= length
        }
        return text
    }
}
