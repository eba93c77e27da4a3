import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `what is off for longer than a look` {
    private let clock = ManualClock(autoAdvances: true)

    private func decision(_ text: String) -> Decision {
        Decision(target: target(text), type: .ban, until: nil, owners: [], incidents: [], playbooks: [], since: noon)
    }

    @Test func `is not what is under way at one look and done at the next`() async throws {
        let (enforcer, looks) = (RecordingEnforcer(), Counter())
        let (first, second) = (decision("203.0.113.9"), decision("198.51.100.7"))
        try await enforcer.apply([first, second], lifting: [])
        let found = try await enforcer.lastingDrift(on: clock) { looks.next() == 1 ? [first] : [first, second] }
        #expect(found.drift.isEmpty)
        #expect(found.decisions == 2)
        #expect(looks.value == 2)
    }

    @Test func `is what is off at every look`() async throws {
        let (enforcer, looks) = (RecordingEnforcer(), Counter())
        let wanted = (1...9).map { decision("203.0.113.\($0)") }
        try await enforcer.apply([decision("198.51.100.7")], lifting: [])
        let found = try await enforcer.lastingDrift(on: clock) { Array(wanted.prefix(looks.next() + 1)) }
        #expect(found.drift == EnforcementDrift(missing: 2, surplus: 1))
        #expect(looks.value == 5)
    }
}

/// Counts on.
private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock(\.self) }

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
