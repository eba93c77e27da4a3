public import ArgumentParser
public import Riposte
import RiposteConfiguration
import RiposteSQLite

struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "The record: what was found, and what was done about it.",
        subcommands: [List.self, Show.self, Acknowledge.self, Assign.self, Note.self, Resolve.self, Close.self, Reopen.self, Undo.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List incidents, the latest first.",
            discussion: """
                Examples: riposte incident list --status open
                          riposte incident list --target 203.0.113.9 --output ndjson
                """)

        @Option(help: "Only those with this status.")
        var status: [Incident.Status] = []

        @Option(help: "Only those about this address, network or account.", transform: TargetArgument.parse)
        var target: Target?

        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let incidents = try await store.incidents(IncidentQuery(statuses: Set(status), target: target, limit: list.limit))
                switch list.output {
                case .table: print(incidents)
                case .ndjson: for incident in incidents { Console.printJSON(try JSONOutput.line(FindingRecord(incident))) }
                }
            }
        }

        private func print(_ incidents: [Incident]) {
            guard !incidents.isEmpty else { return Console.say("no incidents") }
            let rows = incidents.map { incident in
                let targets = incident.targets.all.map(\.description)
                let more = targets.count > 2 ? " +\(targets.count - 2)" : ""
                return [
                    incident.id.rawValue, incident.severity.name, incident.status.rawValue, incident.openedAt.toTheSecond,
                    targets.prefix(2).joined(separator: " ") + more, incident.title,
                ]
            }
            Console.print(Table.text([["ID", "SEVERITY", "STATUS", "OPENED", "TARGETS", "WHAT"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one incident: findings, every action's result, what is in force, the timeline.",
            discussion: """
                Examples: riposte incident show inc-t9k48cbezs
                          riposte incident show t9k4 --output ndjson
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @OptionGroup var output: OutputOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let id = try await IncidentArgument.find(id, store)
                guard let report = try await IncidentReport(id, from: store, asOf: SystemClock().now()) else {
                    throw Failure("the incident \(id) has just been removed")
                }
                switch output.output {
                case .table: Console.print(report.text)
                case .ndjson: Console.printJSON(try JSONOutput.line(FindingRecord(report.incident)))
                }
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take back everything an incident still has in force.",
            discussion: """
                \(UndoOptions.discussion)
                Examples: riposte incident undo inc-t9k48cbezs --dry-run
                          riposte incident undo inc-t9k48cbezs --reason "it was our own monitoring"
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @OptionGroup var undo: UndoOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await undo.run(options) { .incident(try await IncidentArgument.find(id, $0)) } }
    }
}

extension Incident.Status: ExpressibleByArgument {}
extension Incident.Verdict: ExpressibleByArgument {}

enum IncidentArgument {
    /// Has a command about an incident carried out.
    static func submit(_ text: String, _ options: ConfigurationOptions, _ command: (IncidentID) -> ControlRequest.Command) async throws {
        let access = try options.access(quietly: true)
        let found = try await access.withStore { (store) async throws -> IncidentID in try await find(text, store) }
        try await access.submit(command(found))
    }

    /// The incident with this id, or the only one whose id begins so.
    static func find(_ text: String, _ store: any IncidentStore) async throws -> IncidentID {
        if let incident = try await store.incident(IncidentID(text)) { return incident.id }
        let ids = try await store.incidents(IncidentQuery()).map(\.id.rawValue)
        return IncidentID(try IDPrefix(noun: "incident", list: "riposte incident list", prefix: "inc-").find(text, among: ids))
    }
}
