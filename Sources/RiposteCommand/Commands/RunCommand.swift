import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "The executions of playbooks.", subcommands: [List.self, Show.self, Undo.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List runs, those of the incidents with the latest activity first.",
            discussion: """
                Examples: riposte run list
                          riposte run list --incident t9k4 --output ndjson
                To start one: riposte playbook run
                """)

        @Option(help: "Only those of this incident: its id, or its beginning.")
        var incident: String?

        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let incidents: [IncidentID] =
                    if let text = incident {
                        [try await IncidentArgument.find(text, store)]
                    } else {
                        try await store.incidents(IncidentQuery()).map(\.id)
                    }
                var runs: [PlaybookRun] = []
                for id in incidents where runs.count < list.limit { runs += try await store.runs(of: id).reversed() }
                switch list.output {
                case .table: print(Array(runs.prefix(list.limit)))
                case .ndjson: for run in runs.prefix(list.limit) { Console.printJSON(try JSONOutput.line(RunRow(run))) }
                }
            }
        }

        private func print(_ runs: [PlaybookRun]) {
            guard !runs.isEmpty else { return Console.say("no runs") }
            let rows = runs.map { run in
                [
                    run.id.rawValue, run.status.rawValue, run.mode.rawValue, run.createdAt.toTheSecond, run.playbook.slug.rawValue,
                    run.incidentID.rawValue, run.targets.all.prefix(3).map(\.description).joined(separator: " "),
                ]
            }
            Console.print(Table.text([["ID", "STATUS", "MODE", "BEGUN", "PLAYBOOK", "INCIDENT", "TARGETS"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one run: each step's result, and its effects.",
            discussion: "Example: riposte run show run-6m3v0d1x9kq2p")

        @Argument(help: "The run's id, or its beginning.")
        var id: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let id = try await RunArgument.find(id, store)
                guard let run = try await store.run(id) else { throw Failure("the run \(id) has just been removed") }
                let record = IncidentReport.RunRecord(run: run, journal: try await store.journal(of: id))
                Console.print(record.text(effects: try await store.effects(EffectQuery(run: id)), now: SystemClock().now()))
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take back everything one run has done and that is still in force.",
            discussion: """
                \(UndoOptions.discussion)
                Example: riposte run undo run-6m3v0d1x9kq2p --reason "the wrong playbook"
                """)

        @Argument(help: "The run's id, or its beginning.")
        var id: String

        @OptionGroup var undo: UndoOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await undo.run(options) { .run(try await RunArgument.find(id, $0)) } }
    }
}

/// One line of `run list --output ndjson`.
private struct RunRow: Encodable {
    var id: RunID
    var status: RunStatus
    var mode: PlaybookMode
    var playbook: PlaybookSlug
    var revision: String
    var incident: IncidentID
    var targets: TargetSet
    var began: Timestamp
    var ended: Timestamp?

    init(_ run: PlaybookRun) {
        (id, status, mode, playbook, revision) = (run.id, run.status, run.mode, run.playbook.slug, run.revision)
        (incident, targets, began, ended) = (run.incidentID, run.targets, run.createdAt, run.endedAt)
    }
}

enum RunArgument {
    /// The run with this id, or the only one whose id begins so.
    static func find(_ text: String, _ store: any IncidentStore) async throws -> RunID {
        if let run = try await store.run(RunID(text)) { return run.id }
        var ids: [String] = []
        for incident in try await store.incidents(IncidentQuery()) { ids += try await store.runs(of: incident.id).map(\.id.rawValue) }
        return RunID(try IDPrefix(noun: "run", list: "riposte run list", prefix: "run-").find(text, among: ids))
    }
}
