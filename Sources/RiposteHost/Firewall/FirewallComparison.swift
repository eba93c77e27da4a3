internal import Riposte

/// What is off between a table in the kernel and the bans that should hold, and what puts it right. No I/O.
struct FirewallComparison: Sendable {
    let wanted: [AddressRange: FirewallBan]
    /// What is wrong around the bans; with any of it the table is made anew.
    let structure: [String]
    /// To be put: missing or with another end.
    private(set) var missing: [FirewallBan] = []
    private(set) var misdated: [FirewallBan] = []
    private(set) var surplus: [FirewallBan] = []

    /// - Parameters:
    ///   - listing: `nil` where there is no table.
    ///   - now: when it had been listed, which takes long for a large table: bans may have ended meanwhile.
    init(_ listing: FirewallListing?, wanted bans: [FirewallBan], now: Timestamp) {
        let bans = bans.filter { ban in ban.until.map { $0 > now } ?? true }
        wanted = Dictionary(bans.map { ($0.range, $0) }) { _, last in last }
        structure = Self.structure(listing)
        let found = listing?.bans ?? [:]
        for ban in wanted.values {
            guard let known = found[ban.range] else {
                missing.append(ban)
                continue
            }
            if !known.endsWith(ban) { misdated.append(ban) }
        }
        surplus = found.values.filter { wanted[$0.range] == nil && !$0.isAboutToEnd(at: now) }
    }

    var drift: EnforcementDrift {
        EnforcementDrift(missing: missing.count, surplus: surplus.count, wrongEnd: misdated.count, structure: structure)
    }

    /// The sets that are there when it is put right.
    func sets(of listing: FirewallListing?) -> Set<FirewallSet> {
        let needed = Set(wanted.values.map(\.set))
        return structure.isEmpty ? needed.union((listing?.sets.keys).map { $0.compactMap { FirewallSet(name: $0) } } ?? []) : needed
    }

    /// The one transaction that puts it right; `nil` where nothing is off.
    func repair(of listing: FirewallListing?, _ table: FirewallTable, now: Timestamp) -> FirewallScript? {
        guard !drift.isEmpty else { return nil }
        var script = FirewallScript(table, now: now)
        guard structure.isEmpty, let listing else {
            script.rebuild()
            script.declare(wanted.values.map(\.set))
            script.put(Array(wanted.values))
            return script
        }
        let known = Set(listing.sets.keys.compactMap { FirewallSet(name: $0) })
        script.declare(Set(missing.map(\.set)).subtracting(known))
        script.lift(surplus)
        script.put(missing + misdated)
        return script
    }

    private static func structure(_ listing: FirewallListing?) -> [String] {
        guard let listing else { return ["there was no table"] }
        var problems = listing.isDormant ? ["the table was put to sleep"] : []
        for line in listing.strange.prefix(3) { problems.append("“\(line)” is not ours") }
        guard let rules = listing.rules else { return problems + ["the chain was missing"] }
        if listing.hook != FirewallTable.hook { problems.append("the chain was hooked to something else") }
        let sets = listing.sets.keys.compactMap { FirewallSet(name: $0) }
        for (name, lines) in listing.sets.sorted(by: { $0.key < $1.key }) {
            guard let set = FirewallSet(name: name) else {
                problems.append("the set \(name) is not ours")
                continue
            }
            if lines != ["type \(set.type)", "flags timeout"] { problems.append("the set \(name) was another one") }
        }
        let expected = Dictionary(grouping: sets.map { plain($0.rule) }) { $0 }.mapValues(\.count)
        let found = Dictionary(grouping: rules.map(plain)) { $0 }.mapValues(\.count)
        for rule in expected.keys.sorted() where found[rule] == nil { problems.append("the rule “\(rule)” was missing") }
        for (rule, count) in found.sorted(by: { $0.key < $1.key }) where expected[rule] != count {
            problems.append("the rule “\(rule)” was one too many")
        }
        return problems
    }

    /// Versions of nft write a masked look-up with and without “==”.
    private static func plain(_ rule: String) -> String { rule.split(separator: " ").filter { $0 != "==" }.joined(separator: " ") }
}
