import Riposte
import Testing

@Suite struct `detectors after a restart` {
    @Test(arguments: 0..<4)
    func `go on exactly like detectors that never stopped, wherever they were stopped`(part: Int) async {
        for seed in UInt64(part * 250 + 1)...UInt64(part * 250 + 250) {
            await Task.yield()  // the other tests share our threads
            let events = RandomStream(seed: seed).events
            guard isWithinReach(events) else { continue }
            let configuration = RandomStream.configuration(seed: seed)
            var random = SeededGenerator(seed: seed)
            let cut = Int.random(in: 0..<events.count, using: &random)
            var scene = Scene(configuration)
            scene.see(Array(events[..<cut]))
            var restarted = restart(scene, configuration, after: events[..<cut])
            let later = Array(events[cut...])
            #expect(scene.see(later) == restarted.see(later), "seed \(seed), cut \(cut)")
        }
    }

    @Test func `find nothing again that was found`() async {
        for seed in 1...300 as ClosedRange<UInt64> {
            await Task.yield()  // the other tests share our threads
            let events = RandomStream(seed: seed, lateShare: 0).events
            guard isWithinReach(events) else { continue }
            let configuration = RandomStream.configuration(seed: seed)
            var scene = Scene(configuration)
            scene.see(events)
            var restarted = Scene(configuration)
            restarted.remember(scene.found)
            #expect(restarted.see(events).isEmpty, "seed \(seed)")
        }
    }

    @Test func `see a takeover of before as what it was, whatever was found after it`() {
        var scene = Scene()
        func events(_ range: Range<Int>) -> [Event] {
            range.map { .failure("203.0.\($0 % 5).1", "alice", at: Double($0) * 60) }
        }
        scene.see(events(0..<15))
        #expect(scene.succeed("203.0.2.1", "alice", at: 890).kinds == ["success_after_failures critical"])
        scene.see(events(15..<60))
        var restarted = Scene()
        restarted.remember(scene.found)
        let log = events(0..<15) + [.success("203.0.2.1", "alice", at: 890)] + events(15..<60)
        #expect(restarted.see(log).isEmpty)
        let next = Event.success("203.0.2.1", "alice", at: 3600)
        #expect(scene.see([next]) == restarted.see([next]))
        #expect(scene.found.last?.detector == .successAfterFailures)
    }

    /// Users are known where they signed in within the last 24 hours: that is as far as the log is read again.
    private func isWithinReach(_ events: [Event]) -> Bool {
        guard let first = events.map(\.time).min(), let last = events.map(\.time).max() else { return true }
        return last - first <= .hours(24) || !events.contains { $0.outcome == .success }
    }

    private func restart(_ scene: Scene, _ configuration: DetectionConfiguration, after events: ArraySlice<Event>) -> Scene {
        var restarted = Scene(configuration)
        let window = restarted.engine.window
        guard let last = events.map(\.time).max() else { return restarted }
        restarted.remember(scene.found.filter { $0.last >= last - window }.sorted { $0.last < $1.last })
        restarted.see(events.filter { $0.time >= last - window })
        return restarted
    }
}
