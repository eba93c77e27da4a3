import RiposteTesting
import Synchronization

@testable import Riposte

/// Two attacks, answered by the specification's two playbooks and one with a custom action, until everything has expired;
/// lived through in as many lives as the process has.
struct CrashScenario: Sendable {
    let disk = InMemoryStore()
    let clock = ManualClock(autoAdvances: true)
    // The world: it does not stop when the process does.
    let world = World()
    let log = RecordingEventLog()
    let enforcer = RecordingEnforcer()
    let slack = RecordingChannel()
    let directory = InMemoryAccountDirectory()
    /// What was found wrong while it ran.
    let violations = Keys()

    private let anomalies = [
        anomaly("a", .bruteForceByAddress, .high, users: ["alice"]),
        anomaly("b", .credentialStuffing, .critical, from: "198.51.100.7", users: ["bob"]),
    ]

    private var playbooks: [Playbook] {
        get throws {
            let hold = Playbook("hold", triggers: [Trigger()], steps: [Step("hold", parameters: ["minutes": 30]), Step(.logEvent)])
            let careful = Playbook(
                "careful", mode: .approve, triggers: [Trigger()],
                steps: [Step(.logEvent, parameters: ["channel": "asked"]), Step("seize", parameters: ["minutes": 40]), Step(.lockAccount)])
            let stopped = Playbook(
                "stopped", triggers: [Trigger()],
                steps: [Step("hold", parameters: ["minutes": 50], approval: ApprovalPolicy(quorum: 2)), Step(.logEvent)])
            return try SpecifiedPlaybooks.both + [hold, careful, stopped]
        }
    }

    /// A process. It stops at call number `crash` of its store, or at its `trip`-th step outside.
    func process(crash: (call: Int, moment: FaultyStore.Moment)? = nil, trip: Int? = nil) throws -> (bench: Bench, outside: Trip) {
        let outside = Trip(at: trip)
        let bench = try Bench(
            try playbooks,
            actions: { world, store in
                ["hold", "seize"].map { name in
                    WorldAction(name, in: world) { moment in
                        if case .beforeTouch(let context) = moment { try await check(context) }
                        try outside.step(store)
                    }
                }
            }, disk: disk, clock: clock, world: world, log: log, enforcer: enforcer, slack: slack,
            directories: [directory], outside: { store in { try outside.step(store) } })
        if let crash { bench.store.crash(at: crash.call, when: crash.moment) }
        return (bench, outside)
    }

    /// What a process does from its start, as a source that is read again makes it do.
    func live(_ bench: Bench) async throws {
        try await bench.responder.recover()
        if try await bench.store.sourceStates()["log"] == nil { try await bench.responder.ingest(anomalies, from: ("log", 1)) }
        for minutes in [0, 20, 45, 61, 250] {
            clock.advance(to: noon + .minutes(minutes))
            try await bench.responder.drain()
            try await answer(bench)
            try await bench.responder.drain()
            try await bench.outbox.deliverDue()
        }
        clock.advance(to: noon + .hours(30))
        try await bench.responder.resolveQuietIncidents()
        try await bench.outbox.deliverDue()
    }

    /// Lets one playbook through, and another one not: two people are asked there, and the second one says no.
    private func answer(_ bench: Bench) async throws {
        for approval in try await bench.store.approvals(.pending).sorted(by: { $0.id < $1.id }) {
            guard approval.playbook == "stopped" else {
                try await bench.responder.answer(approval.id, .grant, actor: "ann", reason: "seen")
                continue
            }
            try await bench.responder.answer(approval.id, .grant, actor: "ann")
            try await bench.responder.answer(approval.id, .deny, actor: "bob", reason: "not this")
        }
    }

    /// D4: whatever touches the world has its intent, and the effect it plans, on disk.
    private func check(_ context: ResponseContext) async throws {
        let journal = try await disk.journal(of: context.runID)
        if journal.last?.record != .intent(context.step, attempt: context.attempt) {
            violations.add("no intent on disk for \(context.step)")
        }
        switch try await disk.run(context.runID)?.playbook.slug {
        case "stopped": violations.add("\(context.step) was denied")
        case "careful":
            let isGranted = journal.contains { if case .answered(_, let answer, _) = $0.record { answer.isGranted } else { false } }
            if !isGranted { violations.add("nobody let \(context.step) through") }
        default: break
        }
        for effect in context.effects where try await disk.effect(effect.id)?.state != .pending {
            violations.add("the effect \(effect.id) is not on disk")
        }
    }

    // MARK: - What it comes to

    /// All that may not depend on where the process stopped.
    struct Ending: Sendable, Hashable {
        var incidents: [String] = []
        var runs: [String: [String]] = [:]
        var notifications: Set<String> = []
        var logLines: Set<String> = []
        var openEffects: [String] = []
        var held: [String] = []
        var sources: [String] = []
        var approvals: Set<String> = []
        var violations: [String] = []
    }

    func ending(_ bench: Bench) async throws -> Ending {
        var ending = Ending()
        for incident in try await bench.incidents {
            ending.incidents.append(
                "\(incident.id) \(incident.status) \(incident.severity) \(incident.anomalyCount) \(incident.targets.all)")
            if incident.containedAt == nil { ending.violations.append("\(incident.id) does not say when it was contained") }
            for run in try await disk.runs(of: incident.id) {
                ending.runs["\(run.playbook.slug) \(run.targets.all) \(run.status)"] = try await steps(of: run)
            }
        }
        ending.notifications = Set(slack.delivered.map(\.id))
        ending.logLines = Set(log.lines.map { "\($0.id) \($0.context["blocked_ip"]?.string ?? "-") \($0.context["held"]?.string ?? "-")" })
        ending.openEffects = try await disk.effects(.open).map { "\($0.action) \($0.target) \($0.state)" }
        ending.held = world.held.map(\.description) + enforcer.inForce.map(\.target.description)
        for user in ["alice", "bob"] { ending.held += directory.restrictions(on: user).keys.map { "\(user) \($0)" } }
        ending.sources = try await disk.sourceStates().map { "\($0.key) \($0.value)" }
        ending.approvals = Set(
            try await disk.approvals(ApprovalQuery()).map { "\($0.id) \($0.subject) \($0.state) \($0.runCount) \($0.votes.map(\.actor))" })
        ending.violations += violations.all + repeatedUnderAnotherKey
        return ending
    }

    /// Each step once, with what it wrote.
    private func steps(of run: PlaybookRun) async throws -> [String] {
        let report = RunReport(RunStateMachine(run, journal: try await disk.journal(of: run.id)))
        return report.steps.map { "\($0.path) \($0.action) \($0.outcome.kind.isSuccess) \($0.outcome.context.keys.sorted())" }
    }

    private var repeatedUnderAnotherKey: [String] {
        let touches = Dictionary(grouping: world.touches.filter { $0.what == .done }) { "\($0.action) \($0.target?.description ?? "")" }
        return touches.filter { Set($0.value.map(\.key)).count > 1 }.map { "\($0.key) was done under several keys" }
    }
}

/// Counts what happens outside, and stops the process at one of it.
final class Trip: Sendable {
    struct Tripped: Error {}
    private let at: Int?
    private let state = Mutex(0)

    init(at: Int?) { self.at = at }

    var steps: Int { state.withLock { $0 } }

    func step(_ store: FaultyStore) throws {
        let count = state.withLock { count in
            count += 1
            return count
        }
        if store.hasCrashed { throw Tripped() }
        guard count == at else { return }
        store.crash(at: store.calls, when: .after)  // every later call
        throw Tripped()
    }
}
