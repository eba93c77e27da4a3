import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a run's order` {
    private func run(_ playbook: Playbook, targets: TargetSet = TargetSet()) -> PlaybookRun {
        let incident = Incident(opening: anomaly(), at: noon)
        return PlaybookRun(manual: playbook, in: incident, targets: targets, context: [:], actor: "ann", reason: "", episode: 1, at: noon)
    }

    private func outcome(
        _ kind: StepOutcome.Kind, attempt: Int = 1, failure: FailureKind? = nil, context: [String: JSONValue] = [:]
    ) -> StepOutcome {
        StepOutcome(kind, "said so", context: context, failureKind: failure, attempt: attempt, startedAt: noon, endedAt: noon)
    }

    private let two = Playbook("two", steps: [Step("first"), Step("second")])

    @Test func `takes the steps in the order they are written`() {
        var machine = RunStateMachine(run(two))
        #expect(machine.next(now: noon) == .expand(0))
        machine.expanded(0, into: [StepPath(0)])
        #expect(machine.next(now: noon) == .start(StepPath(0), attempt: 1))
        machine.apply(.intent(StepPath(0), attempt: 1), at: noon)
        machine.apply(.outcome(StepPath(0), outcome(.succeeded)), at: noon)
        #expect(machine.next(now: noon) == .expand(1))
        machine.expanded(1, into: [StepPath(1)])
        machine.apply(.intent(StepPath(1), attempt: 1), at: noon)
        machine.apply(.outcome(StepPath(1), outcome(.succeeded)), at: noon)
        #expect(machine.next(now: noon) == .seal(.succeeded))
        machine.apply(.sealed(.succeeded), at: noon)
        #expect(machine.next(now: noon) == .done)
        #expect(machine.nextSequence == 5)
    }

    @Test func `runs a step once for each of its targets before the next step`() {
        var machine = RunStateMachine(run(two))
        let paths = [StepPath(0, target("203.0.113.1")), StepPath(0, target("203.0.113.2"))]
        machine.expanded(0, into: paths)
        for path in paths {
            #expect(machine.next(now: noon) == .start(path, attempt: 1))
            machine.apply(.outcome(path, outcome(.succeeded)), at: noon)
        }
        #expect(machine.next(now: noon) == .expand(1))
    }

    @Test func `goes on after a failure, and is partial in the end`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.failed, failure: .permanent)), at: noon)
        machine.expanded(0, into: [StepPath(0)])
        #expect(machine.next(now: noon) == .expand(1))
        machine.apply(.outcome(StepPath(1), outcome(.unchanged)), at: noon)
        machine.expanded(1, into: [StepPath(1)])
        #expect(machine.next(now: noon) == .seal(.partial))
    }

    @Test func `is failed where every step failed`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.failed)), at: noon)
        machine.apply(.outcome(StepPath(1), outcome(.refused)), at: noon)
        machine.expanded(1, into: [StepPath(1)])
        #expect(machine.next(now: noon) == .seal(.failed))
    }

    @Test(arguments: [StepOutcome.Kind.failed, .refused])
    func `ends at a failure where the playbook says abort`(kind: StepOutcome.Kind) {
        var playbook = two
        playbook.onError = .abort
        var machine = RunStateMachine(run(playbook))
        machine.apply(.outcome(StepPath(0), outcome(kind)), at: noon)
        #expect(machine.next(now: noon) == .seal(.failed))
    }

    @Test func `asks the step before the playbook what a failure does`() {
        let playbook = Playbook(
            "two", onError: .abort, steps: [Step("first", onError: .continue), Step("second", onError: .abort), Step("third")])
        var machine = RunStateMachine(run(playbook))
        machine.apply(.outcome(StepPath(0), outcome(.failed)), at: noon)
        machine.expanded(0, into: [StepPath(0)])
        #expect(machine.next(now: noon) == .expand(1))
        machine.expanded(1, into: [StepPath(1)])
        machine.apply(.outcome(StepPath(1), outcome(.failed)), at: noon)
        #expect(machine.next(now: noon) == .seal(.failed))
    }

    @Test func `is failed, not expired, where the failure that aborts it is written and it is looked at late`() {
        var playbook = two
        playbook.onError = .abort
        let machine = RunStateMachine(
            run(playbook), journal: [JournalEntry(runID: "run-1", sequence: 0, at: noon, record: .outcome(StepPath(0), outcome(.failed)))])
        #expect(machine.next(now: noon + .hours(2)) == .seal(.failed))
    }

    @Test func `expires where its deadline passes before it is done`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.succeeded)), at: noon)
        machine.expanded(0, into: [StepPath(0)])
        #expect(machine.next(now: noon + .minutes(59)) == .expand(1))
        #expect(machine.next(now: noon + .hours(1)) == .seal(.expired))
    }

    @Test func `does not expire when it is done and only not sealed`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.succeeded)), at: noon)
        machine.apply(.outcome(StepPath(1), outcome(.succeeded)), at: noon)
        machine.expanded(1, into: [StepPath(1)])
        #expect(machine.next(now: noon + .hours(2)) == .seal(.succeeded))
    }

    @Test func `carries a late failed attempt of an expired run no further`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.intent(StepPath(0), attempt: 1), at: noon)
        machine.apply(.retry(StepPath(0), outcome(.failed, failure: .transient), next: noon + .minutes(5)), at: noon)
        #expect(machine.next(now: noon + .hours(3)) == .seal(.expired))
    }

    @Test func `waits for the next attempt, not longer than its deadline`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.intent(StepPath(0), attempt: 1), at: noon)
        machine.apply(.retry(StepPath(0), outcome(.failed, failure: .transient), next: noon + .minutes(5)), at: noon)
        #expect(machine.next(now: noon) == .wait(until: noon + .minutes(5)))
        #expect(machine.next(now: noon + .minutes(5)) == .start(StepPath(0), attempt: 2))
        machine.apply(.retry(StepPath(0), outcome(.failed, attempt: 2), next: noon + .hours(5)), at: noon)
        #expect(machine.next(now: noon) == .wait(until: noon + .hours(1)))
    }

    @Test func `makes another attempt after a transient failure, and after no other`() {
        let machine = RunStateMachine(run(two))
        func again(_ outcome: StepOutcome) -> Bool {
            machine.retryTime(StepPath(0), outcome, timedOut: false, retryAfter: nil) != nil
        }
        #expect(again(outcome(.failed, failure: .transient)))
        #expect(again(outcome(.failed, attempt: 2, failure: .transient)))
        #expect(!again(outcome(.failed, attempt: 3, failure: .transient)))
        #expect(!again(outcome(.failed, failure: .permanent)))
        #expect(!again(outcome(.failed, failure: .unknown)))
        #expect(!again(outcome(.succeeded)))
        #expect(!again(outcome(.refused)))
    }

    @Test func `makes another attempt after a time-out only where the step says so`() {
        let playbook = Playbook("p", steps: [Step("patient", retry: RetryPolicy(retriesTimeouts: true)), Step("other")])
        let machine = RunStateMachine(run(playbook))
        let hung = outcome(.failed, failure: .unknown)
        #expect(machine.retryTime(StepPath(0), hung, timedOut: true, retryAfter: nil) != nil)
        #expect(machine.retryTime(StepPath(1), hung, timedOut: true, retryAfter: nil) == nil)
    }

    @Test func `waits as long as the other side asks for, and gives up where that is past the deadline`() {
        let machine = RunStateMachine(run(two))
        let failed = outcome(.failed, failure: .transient)
        #expect(machine.retryTime(StepPath(0), failed, timedOut: false, retryAfter: .minutes(7)) == noon + .minutes(7))
        #expect(machine.retryTime(StepPath(0), failed, timedOut: false, retryAfter: .hours(1)) == nil)
    }

    @Test func `doubles its waits, shortened by up to half and never more than the longest`() throws {
        let policy = RetryPolicy(attempts: 9, delay: .seconds(1), maximumDelay: .seconds(8))
        for (attempt, full) in [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 8), (60, 8)] {
            let wait = Double(policy.wait(after: attempt, key: "run:0").microseconds) / 1e6
            #expect(wait <= full && wait >= full / 2)
        }
        #expect(policy.wait(after: 3, key: "a") == policy.wait(after: 3, key: "a"))
        #expect(RetryPolicy(delay: .seconds(3), isExponential: false, hasJitter: false).wait(after: 5, key: "") == .seconds(3))
    }

    @Test func `gathers what each step adds, the later over the earlier`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.succeeded, context: ["seen": "first", "kept": 1])), at: noon)
        machine.apply(.outcome(StepPath(1), outcome(.failed, context: ["seen": "second"])), at: noon)
        #expect(machine.context["seen"] == "second")
        #expect(machine.context["kept"] == 1)
        #expect(machine.context["playbook"]?["slug"] == "two")
    }

    @Test func `stands after a restart where its journal ends`() {
        let paths = [StepPath(0, target("203.0.113.1")), StepPath(0, target("203.0.113.2"))]
        let records: [JournalEntry.Record] = [.intent(paths[0], attempt: 1), .outcome(paths[0], outcome(.succeeded))]
        let journal = records.enumerated().map { JournalEntry(runID: "run-1", sequence: $0, at: noon, record: $1) }
        var machine = RunStateMachine(run(two), journal: journal)
        #expect(machine.nextSequence == 2)
        #expect(machine.next(now: noon) == .expand(0))
        machine.expanded(0, into: paths)
        #expect(machine.next(now: noon) == .start(paths[1], attempt: 1))
    }

    @Test func `finds out about an intent without an outcome, and carries it out again where nothing is there`() {
        let journal = [JournalEntry(runID: "run-1", sequence: 0, at: noon, record: .intent(StepPath(0), attempt: 1))]
        var machine = RunStateMachine(run(two), journal: journal)
        #expect(machine.next(now: noon) == .probe(StepPath(0), attempt: 1))
        #expect(machine.next(now: noon + .hours(9)) == .probe(StepPath(0), attempt: 1))
        machine.absent(StepPath(0), now: noon)
        #expect(machine.next(now: noon) == .start(StepPath(0), attempt: 2))
    }

    @Test func `is not moved by the late end of an abandoned attempt`() {
        var machine = RunStateMachine(run(two))
        machine.apply(.outcome(StepPath(0), outcome(.failed)), at: noon)
        machine.apply(.late(StepPath(0), outcome(.succeeded)), at: noon)
        #expect(machine.outcomes.count == 1)
        #expect(machine.nextSequence == 2)
        machine.expanded(0, into: [StepPath(0)])
        #expect(machine.next(now: noon) == .expand(1))
    }
}
