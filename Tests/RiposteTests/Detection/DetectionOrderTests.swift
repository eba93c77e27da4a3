import Riposte
import Testing

@Suite struct `the same events` {
    private static let seeds = 1...300 as ClosedRange<UInt64>

    @Test func `give the same anomalies one at a time and in chunks of any size`() async {
        for seed in Self.seeds {
            await Task.yield()  // the other tests share our threads
            let events = RandomStream(seed: seed).events
            let configuration = RandomStream.configuration(seed: seed)
            var single = Scene(configuration)
            for event in events { single.see([event]) }
            var chunked = Scene(configuration)
            var random = SeededGenerator(seed: seed)
            var rest = events[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...30, using: &random)
                chunked.see(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(single.found == chunked.found, "seed \(seed)")
        }
    }

    @Test func `give the same ids in every engine, whatever its salt`() async {
        for seed in Self.seeds {
            await Task.yield()  // the other tests share our threads
            var (first, second) = (Scene(), Scene())
            first.see(RandomStream(seed: seed).events)
            second.see(RandomStream(seed: seed).events)
            #expect(first.found.map(\.id) == second.found.map(\.id), "seed \(seed)")
            #expect(Set(first.found.map(\.id)).count == first.found.count, "seed \(seed)")
        }
    }

    @Test func `give the same anomalies forty years earlier: no clock is asked`() async {
        let shift = Duration.seconds(40 * 365 * 86_400)
        for seed in Self.seeds {
            await Task.yield()  // the other tests share our threads
            var (now, then) = (Scene(), Scene())
            let events = RandomStream(seed: seed).events
            now.see(events)
            then.see(
                events.map { event in
                    var earlier = event
                    earlier.time = event.time - shift
                    return earlier
                })
            #expect(now.found.kinds == then.found.kinds, "seed \(seed)")
            #expect(now.found.map(\.last) == then.found.map { $0.last + shift }, "seed \(seed)")
        }
    }

    @Test func `give the same anomalies in any order among those of one time`() async {
        for seed in Self.seeds {
            await Task.yield()  // the other tests share our threads
            var random = SeededGenerator(seed: seed)
            let failures = (0..<40).map { Event.failure("203.0.113.\($0 % 3)", "user\($0 % 20)", at: 0) }
            var (first, second) = (Scene(), Scene())
            first.see(failures)
            second.see(failures.shuffled(using: &random))
            let found = { (scene: Scene) in Set(scene.found(by: .bruteForceByAddress).map(\.kind)) }
            #expect(found(first) == found(second))
        }
    }

    @Test func `of impossible times stop nothing`() {
        var scene = Scene()
        for time in [Timestamp.distantPast, .distantFuture, Scene.start, .distantPast, .distantFuture] {
            var event = Event.failure("203.0.113.1", "alice", at: 0)
            event.time = time
            scene.see([event])
        }
        for step in 0..<5 { scene.fail("203.0.113.1", "alice", at: Double(step)) }
        #expect(scene.found.contains { $0.kind == "brute_force.ip medium" })
    }

    @Test func `with impossible settings stop nothing`() {
        var configuration = DetectionConfiguration()
        configuration.bruteForce.ipFailures = 0
        configuration.bruteForce.userFailures = -1
        configuration.bruteForce.slowestWindow = .seconds(Int64.max)
        configuration.bruteForce.cooldown = .seconds(-5)
        configuration.credentialStuffing.users = 0
        configuration.credentialStuffing.weakAttempts = 0
        configuration.maximumKeys = 0
        var scene = Scene(configuration)
        for seed in Self.seeds { scene.see(RandomStream(seed: seed).events) }
        #expect(!scene.found.isEmpty)
    }
}
