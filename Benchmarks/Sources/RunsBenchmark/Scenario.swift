import Logging
import Riposte
import RiposteSQLite

/// Anomalies, each about an address of its own, answered by a playbook of three steps, so many at a time.
struct Scenario {
    /// What the three steps do.
    enum Kind: String {
        case nothing
        /// Nothing that takes time, but each plans an effect that can be taken back.
        case effects
    }

    let kind: Kind
    let inFlight: Int

    /// `nothing:100`
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let inFlight = Int(parts[1]), inFlight > 0 else { return nil }
        self.kind = kind
        self.inFlight = inFlight
    }

    /// Answers anomalies for `seconds`, after a tenth of that for warming up.
    func measure(store path: String, seconds: Double) async throws -> Line {
        let sqlite = try await SQLiteStore.open(path: path, logger: quiet)
        let now = SystemClock().now()
        let store = ObservedStore(sqlite, fence: try await sqlite.acquireLease(holder: "bench", until: now + .hours(1), now: now))
        let responder = try IncidentResponder(
            playbooks: [playbook], actions: kind == .nothing ? [] : (1...3).map { Hold(name: ActionName("step_\($0)")) }, store: store,
            // The flood gate stays open: it would let 500 a second through.
            configuration: IncidentResponder.Configuration(intake: (burst: .max, perSecond: 1_000_000)), logger: quiet)
        if kind == .nothing { for number in 1...3 { try responder.extend(ActionName("step_\(number)")) { _ in .success("done") } } }
        let service = Task { try await responder.run() }
        let warmedUp = try await load(responder, store, from: 0, until: .now + .seconds(seconds / 10))
        let before = (sqlite.statistics, store.rows)
        let watch = Stopwatch()
        // None of the workers has used a number beyond this.
        let first = (warmedUp.count + 1) * inFlight
        let latencies = try await load(responder, store, from: first, until: watch.start + .seconds(seconds)).sorted()
        let line = Line(
            what: kind == .nothing ? "riposte, no-op steps" : "riposte, steps with effects", inFlight: inFlight, latencies: latencies,
            elapsed: watch.elapsed, cpu: watch.cpu, commits: sqlite.statistics.transactions - before.0.transactions,
            rows: store.rows - before.1)
        service.cancel()
        _ = await service.result
        try await sqlite.close()
        return line
    }

    private var playbook: Playbook {
        Playbook("bench", triggers: [Trigger(detector: .bruteForceByAddress)], steps: (1...3).map { Step(ActionName("step_\($0)")) })
    }

    private func load(
        _ responder: IncidentResponder, _ store: ObservedStore, from first: Int, until end: ContinuousClock.Instant
    ) async throws -> [Duration] {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for worker in 0..<inFlight {
                let numbers = stride(from: first + worker, to: .max, by: inFlight)
                group.addTask { try await Self.answer(numbers, responder, store, until: end) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// One after the other, each timed from the anomaly to the end of its run on disk.
    private static func answer(
        _ numbers: some Sequence<Int>, _ responder: IncidentResponder, _ store: ObservedStore, until end: ContinuousClock.Instant
    ) async throws -> [Duration] {
        var latencies: [Duration] = []
        for number in numbers {
            let start = ContinuousClock.now
            guard start < end else { break }
            for run in try await responder.handle(anomaly(number)) { await store.end(of: run) }
            latencies.append(ContinuousClock.now - start)
        }
        return latencies
    }

    /// Five failures, as the detector of brute force reports them.
    private static func anomaly(_ number: Int) -> Anomaly {
        let address = IPAddress(v4: 0x0A00_0000 + UInt32(number & 0xFF_FFFF))
        let now = SystemClock().now()
        let evidence = (0..<5).map { place in
            Evidence(
                time: now - .seconds(4 - place), source: "auth.log", address: address, user: "root", what: "failure (bad_credentials)")
        }
        return Anomaly(
            id: AnomalyID("ano-\(number)"), detector: .bruteForceByAddress, severity: .high, score: 50,
            targets: TargetSet(addresses: [AddressRange(address)]), sources: [AddressRange(address)], first: now - .seconds(4), last: now,
            count: 5, summary: "5 failed attempts from \(address) in 4 s", evidence: evidence)
    }
}

/// Plans one effect, and needs no time to make it.
struct Hold: ReversibleAction {
    let name: ActionName
    let targetKind: Target.Kind? = .address

    func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [PlannedEffect(kind: EffectKind("held.\(name)"), target: try context.requireTarget(), expiresAt: context.now + .hours(1))]
    }

    func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult { .success("held") }
    func undo(_ effect: Effect) async throws -> ActionResult { .success("let go") }
}

extension ResponseContext {
    func requireTarget() throws -> Target {
        guard let target else { throw MissingContext("ip") }
        return target
    }
}

let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
