import Riposte
import Testing

@Suite struct `people who do nothing wrong` {
    /// One morning: each comes at some time within the hour, some mistype once or twice, all get in.
    private func morning(_ random: inout SeededGenerator, start: Double, people: Int) -> [Event] {
        var events: [Event] = []
        for person in 0..<people {
            var time = start + Double.random(in: 0...3600, using: &random)
            for _ in 0..<([0, 0, 0, 0, 1, 1, 2].randomElement(using: &random) ?? 0) {
                events.append(.failure("198.51.100.1", "employee\(person)", at: time))
                time += Double.random(in: 5...25, using: &random)
            }
            events.append(.success("198.51.100.1", "employee\(person)", at: time))
        }
        return events.sorted { $0.time < $1.time }
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `an office behind one address starts its days`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scene = Scene()
        for day in 0..<3 { scene.see(morning(&random, start: Double(day) * 86_400, people: 40)) }
        #expect(scene.found.answered.isEmpty, "seed \(seed)")
        #expect(scene.found.users.isEmpty)
    }

    @Test func `a phone with an old password that tries all day is never above medium and names no user`() {
        var scene = Scene()
        scene.succeed("198.51.100.7", "alice", at: 0)
        for step in 1...2880 { scene.fail("198.51.100.7", "alice", at: Double(step) * 30) }
        #expect(scene.found.map(\.severity).max() == .medium)
        #expect(scene.found.users.isEmpty)
        #expect(scene.found(by: .bruteForceByAddress).count > 100)
        #expect(scene.found.answered.isEmpty)
    }

    @Test func `a phone does not turn an old attack from its address into a new one`() {
        var scene = Scene()
        scene.succeed("198.51.100.7", "alice", at: 0)
        for step in 1...10 { scene.fail("198.51.100.7", "bob", at: Double(step)) }
        let before = scene.found(by: .bruteForceByAddress).filter { $0.severity == .high }.count
        for step in 0..<30 { scene.fail("198.51.100.7", "alice", at: 20 + Double(step) * 30) }
        #expect(before == 1)
        #expect(scene.found(by: .bruteForceByAddress).count { $0.severity == .high } == 1)
    }

    @Test func `a user who has forgotten the password makes it medium at most with nine tries`() {
        var scene = Scene()
        for step in 0..<9 { scene.fail("198.51.100.7", "alice", at: Double(step) * 20) }
        #expect(scene.found.kinds == ["brute_force.ip medium"])
    }
}
