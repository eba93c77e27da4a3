import ArgumentParser
import Logging
import Riposte
import RiposteConfiguration
import RiposteHost
import RiposteSQLite

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run a finished log through detectors and playbooks, in its own time.",
        discussion: """
            Nothing is touched: playbooks run in shadow, and what they would have done is told, with whoever of those they would \
            have contained signed in successfully later. With --enforce they act, into the \
            configured store.
            Examples: riposte replay /var/log/auth.log
                      riposte replay --format jsonl --output ndjson events.jsonl | jq .
                      zcat auth.log.2.gz | riposte replay -
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case sshd, nginx, apache, jsonl, auto
    }

    @Argument(help: "The log; - is standard input.", completion: .file())
    var file: String

    @Option(help: "The log's format; auto finds it out from the first lines.")
    var format: Format = .auto

    @Option(
        help: "The zone of times that name none, such as Europe/Berlin; the system's where nothing is said.",
        transform: ReplayCommand.zone)
    var timezone: TimeZoneRule?

    @Flag(help: "Act, into the configured store, instead of only saying what would be done.")
    var enforce = false

    @Flag(help: "Stop at the anomalies: open no incidents, run no playbooks.")
    var detectOnly = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if enforce, detectOnly { throw ValidationError("--enforce and --detect-only exclude each other") }
    }

    func run() async throws {
        let loaded = try enforce ? options.load() : options.loadIfThere()
        let logger = options.logger(loaded.settings, quietly: true)
        guard enforce else {
            let store = InMemoryStore()
            let clock = EventClock()
            return try await replay(Assembly(loaded, store: store, clock: clock, logger: logger, mode: .shadow), store, clock)
        }
        try await EngineAccess(loaded: loaded, logger: logger).withStore { store in
            let clock = EventClock()
            let assembly = try Assembly(loaded, store: store, clock: clock, logger: logger)
            let fence = try await LeaseKeeper.acquire(store, as: .command, clock: SystemClock())
            try await LeaseKeeper.holding(fence, store, assembly.responder, clock: SystemClock()) {
                try await replay(assembly, store, clock)
            }
        }
    }

    private static func zone(_ name: String) throws -> TimeZoneRule {
        guard let rule = TimeZoneRule(name) else { throw ValidationError(UnknownTimeZone(name: name).description) }
        return rule
    }

    private func replay(_ assembly: Assembly, _ store: any IncidentStore, _ clock: EventClock) async throws {
        let health = SourceHealthBoard()
        let source: any EventSource =
            file == "-" ? try FileDescriptorSource.standardInput(health: health) : FinishedFileSource(path: file, health: health)
        let replay = Replay(
            source: source, responder: detectOnly ? nil : assembly.responder,
            detection: try DetectionSettings.service(assembly.settings.detectors),
            moveClock: { clock.advance(to: $0) }, now: SystemClock().now())
        let choice = format == .auto ? FormatChoice.auto : LogFormat(name: format.rawValue).map(FormatChoice.fixed) ?? .auto
        let started = ContinuousClock.now
        let summary: Replay.Summary
        do {
            summary = try await replay.run(format: choice, timezone: try timezone ?? SourceFactory.timezone(nil)) { anomaly, _ in
                switch output.output {
                case .table:
                    if detectOnly { Console.printLine("\(anomaly.last) \(anomaly.severity) \(anomaly.detector): \(anomaly.summary)") }
                case .ndjson: Console.printJSON(try JSONOutput.line(FindingRecord(anomaly)))
                }
            }
        } catch let error as SourceError {
            throw Failure("\(error)".contains(file) ? "\(error)" : "\(file): \(error)")
        }
        let elapsed = ContinuousClock.now - started
        let incidents = try await store.incidents(IncidentQuery()).sorted { ($0.firstEventAt, $0.id) < ($1.firstEventAt, $1.id) }
        switch output.output {
        case .table: try await print(incidents, store)
        case .ndjson: for incident in incidents { Console.printJSON(try JSONOutput.line(FindingRecord(incident))) }
        }
        if !enforce, !detectOnly {
            try await assembly.responder.writeShadows()
            say(Counterfactual(try await store.shadowEffects(since: .distantPast)), incidents.isEmpty)
        }
        say(summary, incidents.count, elapsed, evictions: replay.detection.load.evictions)
        if summary.counts.lines > 0, summary.counts.lines == summary.counts.rejected {
            throw Failure("not one line was understood; say what it is with --format sshd, nginx, apache or jsonl")
        }
    }

    /// Under the table, which is data too; a program that reads JSON lines is not to be surprised by it.
    private func say(_ counterfactual: Counterfactual, _ isAlone: Bool) {
        switch output.output {
        case .table: Console.print((isAlone ? "" : "\n") + counterfactual.text)
        case .ndjson: Console.say(counterfactual.text)
        }
    }

    private func say(_ summary: Replay.Summary, _ incidents: Int, _ elapsed: Duration, evictions: Int) {
        let counts = summary.counts
        let seconds = Double(max(elapsed.microseconds, 1)) / 1_000_000
        Console.say(
            "\(counts.lines) lines, \(summary.events) events in \(DurationText.format(elapsed)) (\(Int(Double(counts.lines) / seconds)) lines/s)"
        )
        if counts.rejected > 0 { Console.say("\(counts.rejected) lines were not understood: \(counts.reasons)") }
        if counts.signInsFromNowhere > 0 {
            Console.say("\(counts.signInsFromNowhere) sign-ins came without an address: is it under a name that is not read?")
        }
        if evictions > 0 { Console.say("\(evictions) addresses, accounts and networks were dropped to stay within memory") }
        if summary.late > 0 { Console.say("\(summary.late) events came more than a minute late") }
        let found = summary.anomalies.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Console.say(
            "\(summary.anomalies.values.reduce(0, +)) anomalies" + (found.isEmpty ? "" : " (\(found))") + ", \(incidents) incidents")
    }

    private func print(_ incidents: [Incident], _ store: any IncidentStore) async throws {
        let worst = incidents.sorted { ($1.severity, $0.firstEventAt) < ($0.severity, $1.firstEventAt) }
        var rows = [["SEVERITY", "FIRST", "LAST", "EVENTS", "FROM", enforce ? "DONE" : "WOULD HAVE BEEN DONE"]]
        for incident in worst.prefix(40) {
            let from = incident.targets.addresses.map(\.description)
            rows.append([
                incident.severity.name, incident.firstEventAt.toTheSecond, incident.lastEventAt.toTheSecond, String(incident.eventCount),
                from.prefix(1).joined() + (from.count > 1 ? " +\(from.count - 1)" : ""), try await answers(incident.id, store),
            ])
        }
        if !incidents.isEmpty { Console.print(Table.text(rows)) }
        if worst.count > 40 { Console.say("and \(worst.count - 40) more; --output ndjson has them all") }
    }

    private func answers(_ id: IncidentID, _ store: any IncidentStore) async throws -> String {
        guard let report = try await IncidentReport(id, from: store) else { return "" }
        let done = report.runs.flatMap(\.results).filter { $0.outcome.kind == .previewed || $0.outcome.kind == .succeeded }
        var parts: [String] = []
        for (path, action, _) in done {
            let part = "\(action)" + (path.target.map { " \($0)" } ?? "")
            if !parts.contains(part) { parts.append(part) }
        }
        return parts.count > 4 ? parts.prefix(4).joined(separator: ", ") + " and \(parts.count - 4) more" : parts.joined(separator: ", ")
    }
}
