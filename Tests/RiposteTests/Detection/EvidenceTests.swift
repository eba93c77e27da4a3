import Foundation
import Riposte
import Testing

@Suite struct `what an anomaly shows` {
    private var scene = Scene()

    @Test mutating func `a name that is no account's appears nowhere, because people type passwords there`() throws {
        let typed = "hunter2-Passw0rd"
        for step in 0..<40 {
            scene.fail("203.0.113.\(step % 6)", typed, at: Double(step), .unknownUser)
            scene.fail("203.0.113.\(step % 6)", "user\(step)", at: Double(step))
        }
        scene.succeed("203.0.113.1", "user7", at: 50)
        #expect(Set(scene.found.map(\.detector)).isSuperset(of: [.bruteForceByAddress, .successAfterFailures]))
        let encoded = try String(decoding: JSONEncoder().encode(scene.found), as: UTF8.self)
        #expect(!encoded.contains(typed))
        #expect(encoded.contains("user7"))
        let stand = scene.found.flatMap(\.evidence).filter { $0.what == "failure (unknown_user)" }.compactMap(\.user)
        #expect(Set(stand).count == 1)
        #expect(try stand.allSatisfy { try /#[0-9a-f]{8}/.wholeMatch(in: $0) != nil })
    }

    @Test mutating func `what stands for an unknown name cannot be guessed without the salt`() {
        var names: Set<String> = []
        for salt in 0..<20 as Range<UInt64> {
            var configuration = DetectionConfiguration()
            configuration.salt = salt
            var scene = Scene(configuration)
            let anomaly = scene.fail("203.0.113.1", "secret", at: 0, .unknownUser, count: 5).first
            names.formUnion(anomaly?.evidence.compactMap(\.user) ?? [])
        }
        #expect(names.count == 20)
    }

    @Test mutating func `there are at most a hundred pieces of evidence, the first and the last among them`() throws {
        for step in 0..<200 { scene.fail("203.0.113.1", "user\(step)", at: Double(step) * 5) }
        let anomaly = try #require(scene.found.last { $0.detector == .credentialStuffing })
        #expect(anomaly.count == 128)
        #expect(anomaly.evidence.count == 100)
        #expect(anomaly.evidence.first?.time == anomaly.first)
        #expect(anomaly.evidence.last?.time == anomaly.last)
        #expect(anomaly.evidence.map(\.time) == anomaly.evidence.map(\.time).sorted())
    }

    @Test mutating func `the count is all of it where the evidence is not`() throws {
        for step in 0..<200 { scene.fail("203.0.113.1", "user\(step)", at: Double(step) * 5) }
        for anomaly in scene.found {
            let inEvidence = anomaly.evidence.reduce(0) { $0 + ($1.what.hasPrefix("failure") ? $1.count : 0) }
            #expect(inEvidence <= anomaly.count)
            if anomaly.evidence.count < 100 { #expect(inEvidence == anomaly.count) }
        }
    }

    @Test mutating func `evidence says where from, who, what and by which log`() throws {
        for step in 0..<5 { scene.fail("203.0.113.1", "alice", at: Double(step)) }
        let piece = try #require(scene.found.first?.evidence.first)
        #expect(
            piece
                == Evidence(
                    time: Scene.start, source: "test", address: IPAddress("203.0.113.1"), user: "alice", what: "failure (bad_credentials)"))
    }

    @Test mutating func `every anomaly carries a name that the engine declares, and one target at least`() {
        for seed in 1...40 as ClosedRange<UInt64> { scene.see(RandomStream(seed: seed).events) }
        #expect(Set(scene.found.map(\.detector)).isSubset(of: scene.engine.names))
        #expect(scene.found.allSatisfy { !$0.targets.isEmpty && $0.first <= $0.last && (0...100).contains($0.score) })
    }
}
