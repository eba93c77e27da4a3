import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct `a daemon that is killed again and again` {
    @Test(.timeLimit(.minutes(5)))
    func `answers every attacker in a growing log exactly once over 50 random kills`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("the seed of the random kills: \(seed)")
        let workplace = try Workplace()
        var chance = SplitMix64(state: seed)
        let log = try AttackLog(workplace / "auth.log")
        var storm = Storm()
        for round in 0..<50 {
            // Some certainly get as far as to serve, however slow the machine.
            let daemon = try await round.isMultiple(of: 5) ? workplace.serve().child : workplace.startServing()
            // Long enough to be killed anywhere from the program's start to steady following.
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 10...900, using: &chance))
            repeat { try await storm.write(to: log, &chance) } while ContinuousClock.now < end
            daemon.send(SIGKILL)
            try await daemon.end()
        }
        print("\(storm.begun) attackers, 50 kills, \(try await answered(workplace)) answered between them")
        while !storm.isOver { try await storm.write(to: log, &chance) }
        let last = Attacker(number: storm.begun)
        let daemon = try await workplace.serve()
        try log.fail(last, times: 5)
        try await workplace.waitForBan(of: last)
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
        try await check(workplace, attackers: storm.begun + 1, seed)
    }

    /// How many incidents there are.
    private func answered(_ workplace: Workplace) async throws -> Int {
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let count = try await store.incidents(IncidentQuery()).count
        try await store.close()
        return count
    }

    private func check(_ workplace: Workplace, attackers: Int, _ seed: UInt64) async throws {
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let incidents = try await store.incidents(IncidentQuery())
        let effects = try await store.effects(EffectQuery())
        let banned = try await workplace.banned()
        let wanted = Set((0..<attackers).map { Attacker(number: $0).address })
        let accused = incidents.flatMap { $0.targets.addresses.map(\.description) }
        #expect(Set(accused) == wanted, "lost: \(wanted.subtracting(accused).sorted()); seed \(seed)")
        #expect(accused.count == wanted.count, "twice: \(twice(accused)); seed \(seed)")
        #expect(incidents.allSatisfy { $0.eventCount == 5 }, "seed \(seed)")
        #expect(Set(banned) == wanted && banned.count == wanted.count, "seed \(seed)")
        #expect(effects.count == wanted.count, "seed \(seed)")
        #expect(effects.allSatisfy { $0.state == .active && $0.expiresAt != nil }, "seed \(seed)")
        #expect(try await store.unfinishedRuns().isEmpty, "seed \(seed)")
        for incident in incidents {
            let runs = try await store.runs(of: incident.id)
            #expect(runs.map(\.status) == [.succeeded], "\(incident.id), seed \(seed)")
            guard let run = runs.first else { continue }
            let outcomes = try await store.journal(of: run.id).count { if case .outcome = $0.record { true } else { false } }
            #expect(outcomes == 1, "\(incident.id), seed \(seed)")
        }
        try await store.close()
    }

    private func twice(_ items: [String]) -> [String] {
        Dictionary(grouping: items) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }
}

/// Many attackers at the same time, each of whom fails five times: wherever a daemon is killed, some are in the middle.
private struct Storm {
    private static let breadth = 20
    /// Those in the middle, and how often each has yet to fail.
    private var active: [(attacker: Attacker, left: Int)] = []
    private(set) var begun = 0
    /// Once it is asked for, nobody new begins.
    var isOver: Bool {
        mutating get {
            isEnding = true
            return active.isEmpty
        }
    }
    private var isEnding = false

    /// One line of one of them, now and then in two parts.
    mutating func write(to log: AttackLog, _ chance: inout SplitMix64) async throws {
        while !isEnding, active.count < Self.breadth {
            active.append((Attacker(number: begun), 5))
            begun += 1
        }
        let index = Int.random(in: 0..<active.count, using: &chance)
        let line = active[index].attacker.failure()
        let cut = line.index(line.startIndex, offsetBy: Int.random(in: 0..<line.count, using: &chance))
        try log.write(line[..<cut])
        if Int.random(in: 0..<4, using: &chance) == 0 { try await Task.sleep(for: .milliseconds(1)) }
        try log.write(line[cut...])
        active[index].left -= 1
        if active[index].left == 0 { active.remove(at: index) }
        try await Task.sleep(for: .milliseconds(3))
    }
}

/// A small generator with a seed (SplitMix64, Steele et al. 2014), so that a failure can be had again.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
