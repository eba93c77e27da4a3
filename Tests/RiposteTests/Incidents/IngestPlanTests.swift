import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an ingest's plan` {
    private let block = Playbook("block", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))], steps: [Step(.blockIP)])

    /// What came of `plan` later: its runs at their end, with whom they contained, and the incidents to join.
    private func index(after plan: IngestPlan, status: RunStatus = .succeeded, contained: Bool = true) -> IncidentIndex {
        var index = IncidentIndex(joinWindow: .hours(1))
        for incident in plan.incidents { index.put(incident) }
        for var run in plan.runs {
            run.status = status
            run.contained = contained ? run.targets.all : []
            index.put(run)
        }
        return index
    }

    private func plan(
        _ anomalies: [Anomaly], index: IncidentIndex = IncidentIndex(joinWindow: .hours(1)), playbooks: [Playbook]? = nil,
        effects: [Effect] = [], now: Timestamp = noon
    ) -> IngestPlan {
        var plan = IngestPlan(playbooks: (playbooks ?? [block]).map { RevisionedPlaybook($0) }, now: now)
        let ledger = EffectLedger()
        ledger.load(effects)
        for anomaly in anomalies { plan.add(anomaly, index) { ledger.holds($1, in: $0, at: now) } }
        return plan
    }

    private func effect(of run: PlaybookRun, on target: Target, until end: Timestamp?, state: Effect.State = .active) -> Effect {
        Effect(
            id: "eff-1", kind: .ban, target: target, action: .blockIP, expiresAt: end, state: state, incidentID: run.incidentID,
            runID: run.id,
            step: StepPath(0), playbook: "block", createdAt: noon)
    }

    @Test func `opens one incident and starts one run for an anomaly`() throws {
        let plan = plan([anomaly()])
        let address = try #require(AddressRange("203.0.113.9"))
        let incident = try #require(plan.incidents.first)
        #expect(plan.incidents.count == 1)
        #expect(incident.severity == .high)
        #expect(incident.targets.addresses == [address])
        #expect(plan.runs.map(\.playbook.slug) == ["block"])
        #expect(plan.runs.map(\.incidentID) == [incident.id])
        #expect(plan.batch.operations.count == 3)
    }

    @Test func `makes the same ids from the same input`() {
        #expect(plan([anomaly()]).batch == plan([anomaly()]).batch)
        #expect(plan([anomaly()]).runs[0].id != plan([anomaly("ano-2")]).runs[0].id)
    }

    @Test func `starts nothing that no trigger asks for`() {
        #expect(plan([anomaly("a", .bruteForceByAddress, .medium)]).runs.isEmpty)
        #expect(plan([anomaly("a", .credentialStuffing, .critical)]).runs.isEmpty)
        #expect(plan([anomaly("a", .bruteForceByAddress, .critical)]).runs.count == 1)
        #expect(plan([anomaly("a", .credentialStuffing)]).incidents.count == 1)
    }

    @Test func `starts every playbook that matches, by priority and then by slug`() {
        func playbook(_ slug: PlaybookSlug, _ priority: Int, _ mode: PlaybookMode = .enforce, isEnabled: Bool = true) -> Playbook {
            Playbook(slug, isEnabled: isEnabled, mode: mode, priority: priority, triggers: [Trigger()], steps: [Step(.blockIP)])
        }
        let all = [
            playbook("b", 0), playbook("a", 0), playbook("z", 5), playbook("off", 9, .off), playbook("disabled", 9, isEnabled: false),
            playbook("shadow", -1, .shadow),
        ]
        #expect(plan([anomaly()], playbooks: all).runs.map(\.playbook.slug) == ["z", "a", "b", "shadow"])
    }

    @Test func `joins an anomaly that shares a source, whatever the detector`() {
        let plan = plan([anomaly("a"), anomaly("b", .credentialStuffing, .critical, at: noon + .minutes(30))])
        #expect(plan.incidents.count == 1)
        #expect(plan.incidents.first?.severity == .critical)
        #expect(plan.incidents.first?.detectors == [.bruteForceByAddress, .credentialStuffing])
        #expect(plan.incidents.first?.anomalyCount == 2)
    }

    @Test func `does not join by way of an account alone`() {
        let plan = plan([anomaly("a", users: ["alice"]), anomaly("b", from: "198.51.100.7", users: ["alice"])])
        #expect(plan.incidents.count == 2)
    }

    @Test func `does not join what lies further apart than the window`() {
        let plan = plan([anomaly("a"), anomaly("b", at: noon + .minutes(63)), anomaly("c", at: noon + .minutes(122))])
        #expect(plan.incidents.count == 2)
    }

    @Test func `joins an address to the incident of the network around it`() {
        #expect(plan([anomaly("a", from: "203.0.113.0/24"), anomaly("b", from: "203.0.113.77")]).incidents.count == 1)
        #expect(plan([anomaly("a", from: "203.0.113.77"), anomaly("b", from: "203.0.113.0/24")]).incidents.count == 1)
        #expect(plan([anomaly("a", from: "203.0.113.0/24"), anomaly("b", from: "203.0.114.1")]).incidents.count == 2)
    }

    @Test func `does not answer again while a run is under way`() {
        let first = plan([anomaly("a")])
        let index = index(after: first, status: .running, contained: false)
        #expect(plan([anomaly("b", at: noon + .minutes(30))], index: index, now: noon + .minutes(30)).runs.isEmpty)
    }

    @Test func `does not answer again while an effect holds the target`() {
        let first = plan([anomaly("a")])
        let effect = effect(of: first.runs[0], on: target("203.0.113.9"), until: noon + .hours(1))
        let again = plan([anomaly("b", at: noon + .minutes(50))], index: index(after: first), effects: [effect], now: noon + .minutes(50))
        #expect(again.runs.isEmpty)
        #expect(again.incidents.first?.anomalyCount == 2)
    }

    @Test(arguments: [Effect.State.ended, .undoing, .orphaned, .active])
    func `answers again once the effect has ended, however long the cooldown`(state: Effect.State) {
        var slow = block
        slow.cooldown = .hours(9)
        let first = plan([anomaly("a")], playbooks: [slow])
        let effect = effect(of: first.runs[0], on: target("203.0.113.9"), until: noon + .minutes(5), state: state)
        let again = plan(
            [anomaly("b", at: noon + .minutes(6))], index: index(after: first), playbooks: [slow], effects: [effect],
            now: noon + .minutes(6))
        #expect(again.runs.map(\.episode) == [2])
        #expect(again.runs.first?.id != first.runs.first?.id)
    }

    @Test func `lets a run that contained nothing stand for the cooldown, and no longer`() {
        let first = plan([anomaly("a")])
        let index = index(after: first, status: .failed, contained: false)
        #expect(plan([anomaly("b")], index: index, now: noon + .minutes(9)).runs.isEmpty)
        #expect(plan([anomaly("b")], index: index, now: noon + .minutes(10)).runs.count == 1)
    }

    @Test func `answers a higher severity inside a cooldown`() {
        let first = plan([anomaly("a")])
        let index = index(after: first, status: .failed, contained: false)
        #expect(plan([anomaly("b", .bruteForceByAddress, .high)], index: index, now: noon).runs.isEmpty)
        #expect(plan([anomaly("b", .bruteForceByAddress, .critical)], index: index, now: noon).runs.count == 1)
    }

    @Test func `answers attacker B while A cools down`() {
        let first = plan([anomaly("a")])
        let index = index(after: first, status: .failed, contained: false)
        #expect(plan([anomaly("b", from: "198.51.100.7")], index: index).runs.count == 1)
    }

    @Test func `answers a target that joins late`() {
        let first = plan([anomaly("a")])
        let effect = effect(of: first.runs[0], on: target("203.0.113.9"), until: noon + .hours(1))
        let late = plan([anomaly("b", users: ["alice"])], index: index(after: first), effects: [effect])
        #expect(late.incidents.count == 1)
        #expect(late.runs.map(\.targets.users) == [["alice"]])
    }

    @Test func `does not let a shadow run stand for a real one`() {
        var shadow = block
        shadow.mode = .shadow
        let first = plan([anomaly("a")], playbooks: [shadow])
        let index = index(after: first, contained: false)
        #expect(plan([anomaly("b")], index: index, playbooks: [shadow]).runs.isEmpty)
        #expect(plan([anomaly("b")], index: index, playbooks: [block]).runs.count == 1)
    }

    @Test func `takes an anomaly that is known already for none`() {
        let first = plan([anomaly("a"), anomaly("a")])
        #expect(first.incidents.first?.anomalyCount == 1)
        var index = index(after: first, contained: false)
        index.put("a", in: first.incidents[0].id)
        let again = plan([anomaly("a")], index: index, now: noon + .hours(5))
        #expect(again.batch.isEmpty)
    }

    @Test func `starts one run for two anomalies of one attacker in one batch`() {
        #expect(plan([anomaly("a"), anomaly("b")]).runs.count == 1)
    }

    @Test func `starts three runs for three attackers in one second`() {
        let plan = plan([anomaly("a", from: "203.0.113.1"), anomaly("b", from: "203.0.113.2"), anomaly("c", from: "203.0.113.3")])
        #expect(plan.incidents.count == 3)
        #expect(plan.runs.count == 3)
    }

    @Test func `records anomalies and starts nothing where there are no playbooks`() {
        let plan = plan([anomaly()], playbooks: [])
        #expect(plan.anomalies.count == 1)
        #expect(plan.runs.isEmpty)
    }

    @Test func `never takes an anomaly without targets for everybody`() {
        let plan = plan([anomaly("a", from: nil), anomaly("b", from: nil)])
        #expect(plan.incidents.count == 2)
        #expect(plan.runs.filter { !$0.targets.isEmpty }.isEmpty)
    }
}
