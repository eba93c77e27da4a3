import Logging
import RiposteTesting

@testable import Riposte

/// A responder with everything around it in memory, as the stand-alone binary puts it together.
struct Bench: Sendable {
    /// What is on disk.
    let disk: InMemoryStore
    /// What the responder writes through; fails where a test says so.
    let store: FaultyStore
    let clock: ManualClock
    let world: World
    let enforcer: RecordingEnforcer
    let slack: RecordingChannel
    let log: RecordingEventLog
    let board: DecisionBoard
    let outbox: OutboxService
    let responder: IncidentResponder

    /// - Parameters:
    ///   - directories: where accounts live, beside Riposte's own state.
    ///   - actions: beside the shipped ones.
    ///   - outside: lets a test step in where the enforcer and the channel are called.
    init(
        _ playbooks: [Playbook] = [], actions: (World, FaultyStore) -> [any ResponseAction] = { _, _ in [] },
        configuration: IncidentResponder.Configuration = .init(), disk: InMemoryStore = InMemoryStore(),
        clock: ManualClock = ManualClock(autoAdvances: true), world: World = World(), log: RecordingEventLog = RecordingEventLog(),
        enforcer: RecordingEnforcer = RecordingEnforcer(), slack: RecordingChannel = RecordingChannel("slack"),
        directories: [InMemoryAccountDirectory] = [],
        sessions: [any SessionDirectory] = [], mailer: (any Mailer)? = nil, tokens: UnlockTokens? = nil,
        outside: (FaultyStore) -> @Sendable () throws -> Void = { _ in {} }
    ) throws {
        let quiet = Self.quiet
        let store = FaultyStore(disk)
        (self.disk, self.store, self.clock, self.world, self.log) = (disk, store, clock, world, log)
        (self.enforcer, self.slack) = (enforcer, slack)
        let step = outside(store)
        board = DecisionBoard(enforcers: [SteppingEnforcer(base: enforcer, step: step)], protected: configuration.protected, clock: clock)
        outbox = OutboxService(store: store, channels: [SteppingChannel(base: slack, step: step)], clock: clock, logger: quiet)
        let shipped: [any ResponseAction] = .shipped(
            decisions: board, store: store, outbox: outbox, log: log,
            accounts: directories.map { SteppingDirectory(base: $0, step: step) }, sessions: sessions, mailer: mailer, tokens: tokens)
        responder = try IncidentResponder(
            playbooks: playbooks, actions: shipped + actions(world, store), store: store, decisions: board, outbox: outbox,
            configuration: configuration, clock: clock, logger: quiet)
    }

    static let quiet = Logger(label: "test") { _ in QuietLog() }

    /// Takes an anomaly in and drives what it starts to the end.
    @discardableResult
    func answer(_ anomaly: Anomaly) async throws -> [RunReport] {
        let runs = try await responder.handle(anomaly)
        try await responder.drain()
        return try await reports(runs)
    }

    /// What the disk says of these runs.
    func reports(_ ids: [RunID]) async throws -> [RunReport] {
        var reports: [RunReport] = []
        for id in ids {
            guard let run = try await disk.run(id) else { continue }
            reports.append(RunReport(RunStateMachine(run, journal: try await disk.journal(of: id))))
        }
        return reports
    }

    /// Lets time pass, and takes back what is due then.
    func pass(_ duration: Duration) async throws {
        clock.advance(by: duration)
        try await responder.drain()
    }

    var incidents: [Incident] {
        get async throws { try await disk.incidents(IncidentQuery()).sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) } }
    }

    func effects(_ states: Set<Effect.State> = []) async throws -> [Effect] { try await disk.effects(EffectQuery(states: states)) }

    /// Whether an enforcement point would turn the address away now.
    func blocks(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return board.snapshot.decision(for: address, at: clock.now()) != nil
    }

    func locks(_ user: String) -> Bool { board.snapshot.verdict(for: user, at: clock.now()).lockedUntil != nil }
}

extension RunReport {
    /// `block_ip 203.0.113.9 succeeded`, a line for each step.
    var story: [String] {
        steps.map { "\($0.action)\($0.path.target.map { " \($0.value)" } ?? "") \($0.outcome.kind.rawValue)" }
    }

    func outcome(of action: ActionName) -> StepOutcome? { steps.first { $0.action == action }?.outcome }
}
