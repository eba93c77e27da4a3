import ArgumentParser
import CRecordings
import Logging
import Riposte
import RiposteConfiguration
import RiposteHost
import RiposteSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Watch a recorded attack on a real sshd being found and answered.",
        discussion: """
            Reads a recording of hydra against an sshd, with its times moved to now, through the real pipeline into an SQLite store \
            of its own, with the specification's two playbooks enforcing. Touches nothing outside its folder; run it again to begin anew.
            Example: riposte demo --folder /tmp/riposte-demo
            """)

    @Option(help: "The demo's folder, made anew each time.", completion: .directory)
    var folder = ".riposte-demo"

    @Flag(name: .shortAndLong, help: "Say what is done, step by step.")
    var verbose = false

    private static let alerts = "alerts.jsonl"
    private static let playbooks = ["brute_force_response", "credential_stuffing_response"]

    func run() async throws {
        let file = try prepare()
        var options = ConfigurationOptions()
        options.config = file
        options.verbose = verbose
        let loaded = try options.load()
        let logger = options.logger(loaded.settings, quietly: true)
        try await EngineAccess(loaded: loaded, logger: logger).withStore { store in
            let clock = PacedClock()
            let assembly = try Assembly(loaded, store: store, clock: clock, logger: logger)
            let detection = try DetectionSettings.service([:])
            try await play(assembly, detection, clock)
            try await assembly.outbox.deliverDue()
            try await end(store, file)
        }
    }

    /// Makes the folder anew: settings, the recording. Only a folder that an earlier demo made is removed.
    private func prepare() throws -> String {
        let manager = FileManager.default
        let marker = folder + "/made-by-riposte-demo"
        if manager.fileExists(atPath: folder) {
            guard manager.fileExists(atPath: marker) else {
                throw Failure("the folder \(folder) is there already and was not made by a demo; name another with --folder")
            }
            guard (try? manager.removeItem(atPath: folder)) != nil else {
                throw Failure("the folder \(folder) of an earlier demo cannot be removed; name another with --folder")
            }
        }
        guard (try? manager.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil else {
            throw Failure("the folder \(folder) cannot be made here; name another with --folder")
        }
        try SmallFile.write("", to: marker)
        try Data(bytes: riposte_demo_log(), count: riposte_demo_log_size()).write(to: URL(filePath: folder + "/auth.log"))
        let file = folder + "/riposte.yaml"
        try SmallFile.write(
            """
            store: riposte.db
            shipped_playbooks: [\(Self.playbooks.joined(separator: ", "))]
            channels:
              slack: {type: log, path: \(Self.alerts)}  # a file stands in for Slack here

            """, to: file)
        return file
    }

    private func play(_ assembly: Assembly, _ detection: DetectionService, _ clock: PacedClock) async throws {
        let source = FinishedFileSource(path: folder + "/auth.log", health: SourceHealthBoard())
        let now = SystemClock().now()
        let shift = try await shift(source, now)
        Console.print("Reading \(folder)/auth.log: hydra against a real sshd, with its times moved to now.\n")
        let replay = Replay(
            source: source, responder: assembly.responder, detection: detection, moveClock: { clock.set($0) }, now: now)
        let started = ContinuousClock.now
        let summary = try await replay.run(format: .fixed(.sshd), timezone: .utc, shift: shift) { anomaly, runs in
            Console.printLine("found   \(anomaly.severity)  \(anomaly.detector): \(anomaly.summary)")
            for run in runs { try await printAnswers(run, assembly.store) }
        }
        let elapsed = ContinuousClock.now - started
        let found = summary.anomalies.values.reduce(0, +)
        Console.print(
            "\n\(summary.counts.lines) lines, \(summary.events) sign-in events, \(found) anomalies in \(DurationText.format(elapsed)), everything on disk before it was done.\n"
        )
    }

    private func printAnswers(_ run: RunID, _ store: any IncidentStore) async throws {
        guard let record = try await store.run(run) else { return }
        Console.print("  answer  \(record.playbook.slug)")
        for entry in try await store.journal(of: run) {
            guard case .outcome(let path, let outcome) = entry.record else { continue }
            Console.printLine("    \(outcome.kind.isSuccess ? "+" : "!") \(record.playbook.steps[path.index].action): \(outcome.message)")
        }
    }

    /// From the recording's last event to now.
    private func shift(_ source: FinishedFileSource, _ now: Timestamp) async throws -> Duration {
        var feed = SourceFeed(name: source.name, format: .fixed(.sshd))
        var last: Timestamp?
        try await source.run(from: nil) { chunk in
            last = feed.events(in: chunk, now: now).lazy.map(\.time).max() ?? last
        }
        return last.map { now - $0 } ?? .zero
    }

    /// The incidents as a person reads them, and where to go from there.
    private func end(_ store: SQLiteStore, _ file: String) async throws {
        let incidents = try await store.incidents(IncidentQuery()).sorted { ($0.firstEventAt, $0.id) < ($1.firstEventAt, $1.id) }
        for incident in incidents {
            guard let report = try await IncidentReport(incident.id, from: store), !report.runs.isEmpty else { continue }
            Console.print(String(repeating: "─", count: 78))
            Console.print(report.summaryText)
        }
        Console.print(String(repeating: "─", count: 78))
        guard let incident = incidents.first, let target = incident.targets.addresses.first else { return }
        let program = CommandLine.arguments.first ?? "riposte"
        Console.print(
            """
            Look further:
              cat \(folder)/\(Self.alerts)  (what the admins were told; a file stands in for Slack)
              \(program) incident list --config \(file)
              \(program) incident show \(incident.id) --config \(file)
              \(program) why \(target) --config \(file)
              \(program) incident undo \(incident.id) --config \(file)
            """)
    }
}
