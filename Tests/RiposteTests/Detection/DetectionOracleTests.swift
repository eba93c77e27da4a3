import Riposte
import Testing

@Suite struct `the detectors and a naive oracle` {
    @Test(arguments: 0..<8)
    func `find the same in thousands of random streams`(part: Int) async {
        for seed in UInt64(part * 250 + 1)...UInt64(part * 250 + 250) {
            await Task.yield()  // the other tests share our threads
            let difference = difference(seed)
            #expect(difference == nil, "seed \(seed): \(difference ?? "")")
            if difference != nil { return }
        }
    }

    @Test func `meet everything there is to find in these streams`() async {
        var kinds: [String: Int] = [:]
        for seed in 1...2000 as ClosedRange<UInt64> {
            await Task.yield()  // the other tests share our threads
            var scene = Scene(RandomStream.configuration(seed: seed))
            for anomaly in scene.see(RandomStream(seed: seed).events) {
                kinds[anomaly.kindWithNetwork, default: 0] += 1
                if anomaly.targets.addresses.isEmpty, anomaly.evidence.contains(where: { $0.address != nil }) {
                    kinds["spared \(anomaly.detector)", default: 0] += 1
                }
            }
        }
        let everything = [
            "brute_force.ip medium", "brute_force.ip high", "brute_force.user low", "brute_force.user high",
            "brute_force.distributed high", "brute_force.distributed critical", "credential_stuffing medium", "credential_stuffing high",
            "credential_stuffing critical", "success_after_failures critical", "network credential_stuffing medium",
            "network credential_stuffing high", "network credential_stuffing critical", "spared brute_force.user",
            "spared success_after_failures",
        ]
        for kind in everything { #expect(kinds[kind, default: 0] >= 2, "\(kind)") }
    }

    /// Where the two part for the first time; `nil` where they never do.
    private func difference(_ seed: UInt64) -> String? {
        let configuration = RandomStream.configuration(seed: seed)
        var oracle = DetectionOracle(configuration)
        var scene = Scene(configuration)
        for (index, event) in RandomStream(seed: seed).events.enumerated() {
            let before = oracle.findings.count
            oracle.see(event)
            let expected = oracle.findings[before...].map(\.description).sorted()
            let found = scene.see([event])
            let actual = found.map { DetectionOracle.Finding($0).description }.sorted()
            if actual != expected { return "event \(index) (\(event)): found \(actual), expected \(expected)" }
        }
        return nil
    }
}

extension Anomaly {
    fileprivate var kindWithNetwork: String { (sources.first?.prefixLength == 24 ? "network " : "") + kind }
}

extension DetectionOracle.Finding {
    init(_ anomaly: Anomaly) {
        let bySource = [.bruteForceByAddress, .credentialStuffing].contains(anomaly.detector)
        self.init(
            detector: anomaly.detector.rawValue,
            key: (bySource ? anomaly.sources.first?.description : anomaly.targets.users.first) ?? "?",
            severity: anomaly.severity, time: anomaly.last.microseconds, addresses: Set(anomaly.targets.addresses.map(\.description)))
    }
}
