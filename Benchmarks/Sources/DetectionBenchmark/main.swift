// Runs made-up sign-ins through the detectors and says how fast: DetectionBenchmark [EVENTS=1000000] [ROUNDS=6]
import Riposte

/// SplitMix64 (Steele et al. 2014): the same events in every run.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// One day: nine in ten fail, and a hundred of 20,000 addresses make half of all attempts.
func day(_ count: Int, lateShare: Double) -> [Event] {
    var random = Random(state: 1)
    return (0..<count).map { index in
        let isLate = Double.random(in: 0..<1, using: &random) < lateShare
        let time = Double(index) * 86_400 / Double(count) - (isLate ? Double.random(in: 0...60, using: &random) : 0)
        let isHeavy = Bool.random(using: &random)
        let address = IPAddress(v4: 0x0A00_0000 + UInt32.random(in: 0..<(isHeavy ? 100 : 20_000), using: &random) * 97)
        let isSuccess = Int.random(in: 0..<10, using: &random) == 0
        let isUnknown = !isSuccess && Bool.random(using: &random)
        return Event(
            time: Timestamp(seconds: 1_750_000_000) + .microseconds(Int64(time * 1e6)), sequence: UInt64(index), kind: .login,
            outcome: isSuccess ? .success : .failure, reason: isSuccess ? .none : isUnknown ? .unknownUser : .badCredentials,
            method: .password, address: address, user: "user\(Int.random(in: 0..<5000, using: &random))", source: "bench")
    }
}

let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1_000_000 : 1_000_000
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 6 : 6
let chunkSize = 1000
for lateShare in [0, 0.01] {
    let events = day(count, lateShare: lateShare)
    let chunks = stride(from: 0, to: events.count, by: chunkSize).map { Array(events[$0..<min($0 + chunkSize, events.count)]) }
    for round in 1...max(rounds / 2, 1) {
        var engine = DetectionEngine()
        var anomalies: [Anomaly] = []
        var found = 0
        let start = ContinuousClock.now
        for chunk in chunks {
            engine.observe(chunk, into: &anomalies)
            found += anomalies.count
            anomalies.removeAll(keepingCapacity: true)
        }
        let seconds = Double((ContinuousClock.now - start).microseconds) / 1e6
        print(
            "late \(lateShare), round \(round): \(count) events in \(seconds) s = \(Int(Double(count) / seconds)) events/s,",
            "\(found) anomalies, \(engine.trackedKeys) keys")
    }
}
