import Riposte
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `a log in its random life` {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `gives every line exactly once`(seed: UInt64) async throws {
        let scenario = try FollowerScenario(seed: seed)
        try await scenario.play(60)
        let missing = Set(scenario.written).subtracting(scenario.delivered)
        let counts = Dictionary(grouping: scenario.delivered, by: \.self).filter { $0.value.count > 1 }
        #expect(missing.isEmpty, "first missing \(scenario.written.first { missing.contains($0) } ?? "") STORY \(scenario.story)")
        #expect(counts.isEmpty, "\(scenario.story)")
        #expect(scenario.delivered.count == scenario.written.count)
    }
}
