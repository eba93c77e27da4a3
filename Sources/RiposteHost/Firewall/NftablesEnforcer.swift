public import Riposte
private import Synchronization

/// Carries bans out in the kernel of this machine, by a table of its own in nftables.
///
/// Packets from a banned address or network are dropped before destination NAT, those of open connections too. The kernel
/// ends each ban at its time by itself, whether this process is there or not. Throttles and bans of anything but addresses
/// are passed over. Takes CAP_NET_ADMIN and no other right. A change takes about 0.1 ms, however many bans there are.
///
/// The table's comment names the store it belongs to; a table of this name with any other comment is left alone.
public final class NftablesEnforcer: Enforcer {
    public let name: EnforcerName
    private let table: FirewallTable
    private let clock: any WallClock
    private let thread: ConfinedThread<NftablesContext>
    /// The sets that are in the kernel; `nil` before it was asked, and after a change failed.
    private let sets = Mutex<Set<FirewallSet>?>(nil)

    /// - Parameters:
    ///   - table: must begin with `riposte` (``isTableName(_:)``).
    ///   - store: the absolute path of the store whose decisions these are.
    /// - Throws: ``EnforcementError`` where the name is no name for a table, or there can be no thread.
    public convenience init(
        name: EnforcerName = "firewall", table: String = "riposte", store: String, clock: any WallClock = SystemClock()
    ) throws {
        try self.init(name: name, table: table, store: store, clock: clock, network: nil)
    }

    /// - Parameter network: a file that names the network namespace to work in.
    package init(name: EnforcerName, table: String, store: String, clock: any WallClock, network: String?) throws {
        guard FirewallTable.isName(table) else {
            throw EnforcementError("a table is called riposte, or riposte and more of a-z, 0-9, - and _; got “\(table)”", kind: .permanent)
        }
        self.name = name
        self.table = FirewallTable(name: table, store: store)
        self.clock = clock
        thread = try ConfinedThread.start { try NftablesContext(network: network) }
    }

    deinit { thread.stop() }

    /// Whether a table may be called this.
    public static func isTableName(_ text: String) -> Bool { FirewallTable.isName(text) }

    public func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        let bans = decisions.compactMap(FirewallBan.init)
        let ended = lifted.compactMap(Self.ban)
        guard !bans.isEmpty || !ended.isEmpty else { return }
        let known = try await knownSets()
        var script = FirewallScript(table, now: clock.now())
        let fresh = Set(bans.map(\.set)).subtracting(known)
        script.declare(fresh)
        // What is not in a set that is there cannot be in the kernel.
        script.lift(ended.filter { known.contains($0.set) })
        script.put(bans)
        do { try await run(script) } catch {
            sets.withLock { $0 = nil }
            throw error
        }
        sets.withLock { $0?.formUnion(fresh) }
    }

    public func compare(_ decisions: [Decision]) async throws -> EnforcementDrift {
        let listing = try await listing()
        return FirewallComparison(listing, wanted: decisions.compactMap(FirewallBan.init), now: clock.now()).drift
    }

    public func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift {
        sets.withLock { $0 = nil }
        let listing = try await listing()
        let comparison = FirewallComparison(listing, wanted: decisions.compactMap(FirewallBan.init), now: clock.now())
        if let script = comparison.repair(of: listing, table, now: clock.now()) { try await run(script) }
        sets.withLock { $0 = comparison.sets(of: listing) }
        return comparison.drift
    }

    public func remove() async throws -> Bool {
        guard try await listing() != nil else { return false }
        var script = FirewallScript(table, now: clock.now())
        script.remove()
        try await run(script)
        sets.withLock { $0 = nil }
        return true
    }

    private static func ban(_ key: DecisionKey) -> FirewallBan? {
        guard key.type == .ban, case .address(let range) = key.target else { return nil }
        return FirewallBan(range, until: nil)
    }

    /// - Throws: where the table has to be put right first, which is for ``reconcile(_:)``.
    private func knownSets() async throws -> Set<FirewallSet> {
        if let known = sets.withLock({ $0 }) { return known }
        let listing = try await listing()
        let comparison = FirewallComparison(listing, wanted: [], now: clock.now())
        guard comparison.structure.isEmpty else {
            throw EnforcementError("the table \(table.name) has to be put right first: \(comparison.structure.joined(separator: "; "))")
        }
        let known = comparison.sets(of: listing)
        sets.withLock { $0 = known }
        return known
    }

    /// The table as it is in the kernel; `nil` where there is none.
    ///
    /// - Throws: ``EnforcementError`` where it belongs to somebody else.
    private func listing() async throws -> FirewallListing? {
        let (table, clock) = (table, clock)
        let found: FirewallListing? = try await perform { context in
            do {
                let text = try context.run("list table inet \(table.name)")
                return FirewallListing(text, now: clock.now())
            } catch let error as NftablesError where error.isMissing { return nil }
        }
        guard let found, found.comment != table.owner else { return found }
        let whose = found.comment.map { "its comment says “\($0)”" } ?? "it has no comment that says so"
        throw EnforcementError(
            "the table inet \(table.name) is not this store's (\(whose)) and is left alone; set another name with “table:”",
            kind: .permanent)
    }

    private func run(_ script: FirewallScript) async throws { _ = try await perform { try $0.run(script.text) } }

    private func perform<Answer: Sendable>(_ body: @escaping @Sendable (NftablesContext) throws -> Answer) async throws -> Answer {
        do { return try await thread.perform(body) } catch let error as NftablesError {
            throw EnforcementError(error.description, kind: error.kind)
        }
    }
}
