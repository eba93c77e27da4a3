import Foundation
import Riposte
import Testing

@Suite struct `a playbook's definition` {
    @Test(arguments: 0..<10)
    func `reads back as the same playbook`(seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        for _ in 0..<100 { try check(random.playbook()) }
    }

    private func check(_ playbook: Playbook) throws {
        let (again, findings) = PlaybookReader.read(LocatedValue(playbook.definition), defaultSlug: nil)
        #expect(findings.isEmpty, "\(findings)")
        #expect(again == playbook)
        #expect(again?.revisionDigest == playbook.revisionDigest)
        let coded = try JSONDecoder().decode(Playbook.self, from: JSONEncoder().encode(playbook))
        #expect(coded == playbook)
    }

    @Test func `keeps steps with the same action apart`() throws {
        let playbook = Playbook("p", steps: [Step(.blockIP), Step(.blockIP), Step(.blockIP)])
        #expect(playbook.steps.map(\.id) == ["block_ip", "block_ip-2", "block_ip-3"])
        #expect(PlaybookReader.read(LocatedValue(playbook.definition), defaultSlug: nil).playbook == playbook)
    }
}

/// Random playbooks from a seed.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func playbook() -> Playbook {
        Playbook(
            PlaybookSlug("p-\(below(1000))"), name: text(), summary: flip() ? text() : "", isEnabled: flip(),
            mode: PlaybookMode.allCases[below(4)], priority: below(2001) - 1000, triggers: (0..<below(4)).map { _ in trigger() },
            onError: flip() ? .abort : .continue, deadline: duration(), cooldown: flip() ? .zero : duration(), approvals: approvals(),
            tags: (0..<below(3)).map { _ in text() }, steps: (0...below(5)).map { _ in step() })
    }

    private mutating func approvals() -> ApprovalPolicy {
        ApprovalPolicy(
            approvers: flip() ? (0..<below(3)).map { "person \($0)" } : nil, quorum: flip() ? 1 + below(9) : nil,
            hasFourEyes: flip() ? flip() : nil, timeout: flip() ? duration() : nil,
            channels: flip() ? (0..<below(3)).map { ChannelName("channel-\($0)") } : nil)
    }

    private mutating func trigger() -> Trigger {
        let severities = Severity.allCases
        let conditions: [SeverityCondition] = [
            .any, .atLeast(severities[below(5)]), .exactly(Set((0...below(4)).map { _ in severities[below(5)] })),
        ]
        return Trigger(detectors: (0..<below(3)).map { _ in DetectorName("detector_\(below(9))") }, severity: conditions[below(3)])
    }

    private mutating func step() -> Step {
        let names: [ActionName] = [.blockIP, .lockAccount, .logEvent, "with", "retry"]
        let parameters = Dictionary((0..<below(4)).map { _ in (["minutes", "id", "when", "with", "é"][below(5)], value(depth: 0)) }) {
            first, _ in first
        }
        let retry = RetryPolicy(
            attempts: 1 + below(9), delay: flip() ? .zero : duration(), isExponential: flip(), maximumDelay: duration(), hasJitter: flip(),
            retriesTimeouts: flip())
        return Step(
            names[below(5)], id: flip() ? "id \(below(9))" : nil, parameters: parameters, onError: [nil, .abort, .continue][below(3)],
            retry: flip() ? retry : .standard, timeout: duration(), approval: flip() ? approvals() : nil)
    }

    private mutating func value(depth: Int) -> JSONValue {
        switch below(depth > 2 ? 5 : 7) {
        case 0: .null
        case 1: .bool(flip())
        case 2: .int(Int64(truncatingIfNeeded: next()))
        case 3: .double(Double(below(1000)) + 0.5)
        case 4: .string(text())
        case 5: .array((0..<below(3)).map { _ in value(depth: depth + 1) })
        default: .object(Dictionary((0..<below(3)).map { _ in (text(), value(depth: depth + 1)) }) { first, _ in first })
        }
    }

    private mutating func text() -> String {
        let alphabet = Array("ab:-{}[]\"'\\#&*! é\u{1F600}\n0123")
        return "x" + String((0..<below(8)).map { _ in alphabet[below(alphabet.count)] })
    }

    private mutating func duration() -> Duration { .milliseconds(1 + below(100_000_000)) }
    private mutating func flip() -> Bool { below(2) == 0 }
    private mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }
}
