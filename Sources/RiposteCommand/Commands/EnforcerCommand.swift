import ArgumentParser
import Riposte
import RiposteConfiguration

struct EnforcerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enforcer", abstract: "What carries decisions out on this machine, and whether it does.",
        subcommands: [List.self, Remove.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Compare each enforcer with the decisions that should hold. Changes nothing.",
            discussion: """
                “enforced”: it holds exactly what it should. “drifted”: something is off; the daemon puts it right within a minute. \
                “failing”: it could not be asked. Ends with 1 unless all are enforced.
                Examples: riposte enforcer list
                          riposte enforcer list --output ndjson
                """)

        @OptionGroup var output: OutputOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = try options.access()
            let enforcers = try EnforcerFactory.enforcers(access.loaded.settings)
            let rows = try await access.withStore { store in
                var rows: [EnforcerRow] = []
                for enforcer in enforcers { rows.append(try await EnforcerRow(enforcer, access.loaded.settings, store)) }
                return rows
            }
            try print(rows)
            if rows.contains(where: { $0.state != .enforced }) { throw ExitCode.failure }
        }

        private func print(_ rows: [EnforcerRow]) throws {
            switch output.output {
            case .table:
                guard !rows.isEmpty else {
                    return Console.say("no enforcers are configured: decisions wait for programs that ask for them")
                }
                let lines = rows.map { [$0.name.rawValue, $0.type, $0.state.rawValue, "\($0.decisions)", $0.detail] }
                Console.print(Table.text([["NAME", "TYPE", "STATE", "DECISIONS", "DETAIL"]] + lines))
            case .ndjson: for row in rows { Console.printJSON(try JSONOutput.line(row)) }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take away everything an enforcer ever put on this machine.",
            discussion: """
                For good-bye, or before its line is taken out of the settings: nothing that is in force is enforced by it any more. \
                The daemon would put it back, so stop that first.
                Example: riposte enforcer remove firewall
                """)

        @Argument(help: "The enforcer, as the settings call it.")
        var name: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = try options.access(quietly: true)
            let enforcers = try EnforcerFactory.enforcers(access.loaded.settings)
            guard let enforcer = enforcers.first(where: { $0.name.rawValue == name }) else {
                let names = enforcers.map(\.name.rawValue)
                let suggestion = Suggestion.forName(name, among: names).map { "; \($0)" } ?? ""
                throw Failure("there is no enforcer “\(name)” in the settings\(names.isEmpty ? ", nor any other" : suggestion)")
            }
            if let daemon = try await access.daemon() {
                throw Failure("\(daemon.name) would put it back within a minute; stop it first")
            }
            Console.print(try await enforcer.remove() ? "\(name): removed" : "\(name): there was nothing of it")
        }
    }
}

/// An enforcer as it is listed.
private struct EnforcerRow: Encodable {
    var name: EnforcerName
    var type: String
    var state: EnforcerStatus.State
    var decisions: Int
    var detail: String

    /// - Throws: where the store cannot be read.
    init(_ enforcer: any Enforcer, _ settings: Settings, _ store: any IncidentStore) async throws {
        let clock = SystemClock()
        name = enforcer.name
        type = settings.enforcers[enforcer.name]?.type ?? ""
        do {
            let found = try await enforcer.lastingDrift(on: clock) { try await store.decisions(at: clock.now()) }
            decisions = found.decisions
            state = found.drift.isEmpty ? .enforced : .drifted
            detail = found.drift.isEmpty ? "" : found.drift.description
        } catch let error as StoreError {
            throw error
        } catch {
            decisions = try await store.decisions(at: clock.now()).count
            state = .failing
            detail = "\(error)"
        }
    }
}
