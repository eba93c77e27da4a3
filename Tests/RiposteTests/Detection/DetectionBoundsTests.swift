import Testing

@testable import Riposte

@Suite struct `the detectors' memory` {
    private func scene(keys: Int) -> Scene {
        var configuration = DetectionConfiguration()
        configuration.maximumKeys = keys
        return Scene(configuration)
    }

    @Test func `one source makes keys for sixty-four users and no more`() {
        var scene = Scene()
        for step in 0..<500 { scene.fail("203.0.113.1", "user\(step)", at: Double(step)) }
        #expect(scene.engine.trackedKeys == 64 + 2)  // its address and its network
    }

    @Test func `unknown names, and accounts that are locked, get no key`() {
        var scene = Scene()
        for step in 0..<50 { scene.fail("203.0.113.1", "nobody\(step)", at: Double(step), .unknownUser) }
        for step in 0..<50 { scene.fail("203.0.113.1", "user\(step)", at: Double(step), .locked) }
        #expect(scene.engine.trackedKeys == 2)
    }

    @Test func `a place that is always there gets back what its users of yesterday took`() {
        var scene = Scene()
        for hour in 0..<240 { scene.fail("198.51.100.1", "user\(hour)", at: Double(hour) * 3600) }
        #expect((22...30).contains(scene.engine.trackedKeys))
        for step in 0..<5 { scene.fail(step % 2 == 0 ? "198.51.100.1" : nil, "new", at: 864_000 + Double(step)) }
        #expect(scene.found.users == ["new"])
    }

    @Test func `is bounded, and what is dropped is counted`() {
        var scene = scene(keys: 64)
        for step in 0..<5000 {
            scene.fail("10.\(step / 250).\(step % 250).1", "user\(step)", at: Double(step))
            #expect(scene.engine.trackedKeys <= 3 * 64)
        }
        #expect(scene.engine.evictions >= 3 * (5000 - 64))
        #expect(scene.engine.evictions == 3 * 5000 - scene.engine.trackedKeys)
    }

    @Test func `keeps a source over half its threshold while there are lighter ones`() {
        var scene = scene(keys: 64)
        for step in 0..<3 { scene.fail("203.0.113.9", nil, at: Double(step)) }
        for step in 0..<200 { scene.fail("10.0.\(step).1", nil, at: 3 + Double(step)) }
        scene.fail("203.0.113.9", nil, at: 210)
        #expect(scene.fail("203.0.113.9", nil, at: 211).kinds == ["brute_force.ip medium"])
    }

    @Test func `drops the stalest of the light ones first`() {
        var scene = scene(keys: 64)
        for step in 0..<64 { scene.fail("10.0.\(step).1", nil, at: Double(step), count: 2) }
        scene.fail("10.9.0.1", nil, at: 64)  // an eighth goes: those of the first eight seconds
        #expect(scene.fail("10.0.7.1", nil, at: 70, count: 3).isEmpty)
        #expect(scene.fail("10.0.8.1", nil, at: 70, count: 3).kinds == ["brute_force.ip medium"])
    }

    @Test func `drops an eighth even where all are of the same second`() {
        var scene = scene(keys: 64)
        for step in 0..<65 { scene.fail("10.0.\(step).1", nil, at: 0) }
        #expect(scene.engine.evictions == 2 * 8)  // addresses and networks
    }

    @Test func `counts known pairs that are dropped, and keeps those in use`() {
        var scene = scene(keys: 10)
        for step in 0..<40 {
            scene.succeed("198.51.100.1", "regular", at: Double(step))
            scene.succeed("198.51.100.1", "guest\(step)", at: Double(step))
        }
        #expect(scene.engine.evictions > 20)
        for step in 0..<40 { scene.fail("198.51.100.1", "regular", at: 100 + Double(step)) }
        #expect(scene.found.map(\.severity).max() == .medium)
    }

    @Test func `is bounded where every key has all it can hold`() {
        var scene = scene(keys: 64)
        for address in 0..<60 {
            for step in 0..<300 { scene.fail("10.0.\(address).1", "user\(step % 3)", at: Double(address * 300 + step)) }
            let held = [scene.engine.sources.values.map(\.held), scene.engine.users.values.map(\.held)].map { $0.reduce(0, +) }
            // Between two looks at it an eighth comes, in a ring that is twice as long as what it answers for.
            #expect(held.allSatisfy { $0 <= 2 * 128 + 32 + 256 })
        }
        #expect(scene.engine.evictions > 0)
    }

    @Test func `holds no name that is too long to be an account's`() {
        var scene = Scene()
        for step in 0..<50 { scene.fail("203.0.113.\(step)", String(repeating: "y", count: 257) + "\(step)", at: Double(step)) }
        #expect(scene.engine.users.count == 0)
        for step in 0..<10 { scene.fail("203.0.113.9", String(repeating: "y", count: 300), at: 60 + Double(step)) }
        #expect(scene.found.kinds.contains("brute_force.ip high"))
        #expect(scene.found.users.isEmpty)
        scene.fail("203.0.113.9", String(repeating: "y", count: 256), at: 80)
        #expect(scene.engine.users.count == 1)
    }

    @Test func `finds every key again after any of them are removed`() {
        var table = KeyTable<Int, Int>()
        for key in 0..<1000 { _ = table.insert(key, key * 2) }
        for _ in 0..<3 { table.removeAll { $0 % 3 == 0 } }
        let left = (0..<1000).filter { $0 * 2 % 3 != 0 }
        #expect(table.keys == left)
        for key in 0..<1000 { #expect(table[key] == (left.contains(key) ? key * 2 : nil)) }
        table.removeAll { _ in true }
        #expect(table.count == 0 && table[7] == nil)
        #expect(table.insert(7, 1) == 0 && table[7] == 1)
    }

    @Test func `is cleared once an hour of what no window reaches`() {
        var scene = Scene()
        for step in 0..<100 { scene.fail("10.0.\(step).1", "user\(step)", at: Double(step)) }
        #expect(scene.engine.trackedKeys == 300)
        scene.fail("203.0.113.1", nil, at: 86_400)
        #expect(scene.engine.trackedKeys == 302)
        scene.fail("203.0.113.1", nil, at: 90_000)
        #expect(scene.engine.trackedKeys == 2)
        #expect(scene.engine.evictions == 0)
    }

    @Test func `reaches as far as the longest window or cooldown`() {
        var configuration = DetectionConfiguration()
        #expect(configuration.window == .hours(24))
        configuration.bruteForce.cooldown = .hours(72)
        #expect(DetectionEngine(configuration: configuration).window == .hours(72))
        var scene = Scene(configuration)
        for hour in 0..<70 { scene.fail("203.0.113.1", nil, at: Double(hour) * 3600, count: 5) }
        #expect(scene.found.count { $0.severity == .medium } == 1)
    }
}
