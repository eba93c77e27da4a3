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
        var attackers = 0
        let log = try AttackLog(workplace / "auth.log")
        for _ in 0..<50 {
            let daemon = try workplace.startServing()
            // Long enough to be killed anywhere from the program's start to steady following.
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 10...600, using: &chance))
            repeat {
                try await attack(log, numbers: attackers..<attackers + 3, &chance)
                attackers += 3
            } while ContinuousClock.now < end
            daemon.send(SIGKILL)
            try await daemon.end()
        }
        let last = Attacker(number: attackers)
        let daemon = try await workplace.serve()
        try log.fail(last, times: 5)
        try await workplace.waitForBan(of: last)
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
        try await check(workplace, attackers: attackers + 1, seed)
    }

    /// Each of some attackers fails five times, in a random order, the lines now and then written in two parts.
    private func attack(_ log: AttackLog, numbers: Range<Int>, _ chance: inout SplitMix64) async throws {
        for number in (numbers.flatMap { Array(repeating: $0, count: 5) }).shuffled(using: &chance) {
            let line = Attacker(number: number).failure()
            let cut = line.index(line.startIndex, offsetBy: Int.random(in: 0..<line.count, using: &chance))
            try log.write(line[..<cut])
            if Int.random(in: 0..<4, using: &chance) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            try log.write(line[cut...])
        }
        try await Task.sleep(for: .milliseconds(20))
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
        print("\(attackers) attackers, 50 kills")
    }

    private func twice(_ items: [String]) -> [String] {
        Dictionary(grouping: items) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
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
