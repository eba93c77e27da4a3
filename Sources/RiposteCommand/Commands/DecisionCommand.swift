import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct DecisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decision", abstract: "What enforcement obeys: who is banned, until when.",
        subcommands: [List.self, Add.self, Remove.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the decisions in force: target, time left, and who wanted them.",
            discussion: """
                Examples: riposte decision list
                          riposte decision list --output ndjson | jq -r .target
                """)

        @OptionGroup var output: OutputOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let now = SystemClock().now()
                if let pause = try await store.pauseHistory().current {
                    Console.say("\(pause.sentence); nothing new is put in force until: riposte resume")
                }
                let decisions = try await store.decisions(at: now)
                switch output.output {
                case .table: print(decisions, now)
                case .ndjson: for decision in decisions { Console.printJSON(try JSONOutput.line(decision)) }
                }
            }
        }

        private func print(_ decisions: [Decision], _ now: Timestamp) {
            guard !decisions.isEmpty else { return Console.say("no decisions are in force") }
            let rows = decisions.map { decision in
                [
                    decision.target.description, decision.type.rawValue,
                    decision.until.map { DurationText.format(.seconds(($0 - now).components.seconds)) } ?? "for good",
                    decision.playbooks.map(\.rawValue).joined(separator: " "), decision.incidents.map(\.rawValue).joined(separator: " "),
                ]
            }
            Console.print(Table.text([["TARGET", "TYPE", "LEFT", "PLAYBOOKS", "INCIDENTS"]] + rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Put a decision in force by hand.",
            discussion: """
                It is recorded as an incident of its own. Protected targets are refused.
                Example: riposte decision add 203.0.113.9 --type ban --duration 8s --reason "seen in the proxy's log"
                """)

        @Argument(help: "An address (203.0.113.9) or network (203.0.113.0/24, at most a /24 or /48).", transform: TargetArgument.parse)
        var target: Target

        @Option(help: "What kind of decision; this version has: ban.")
        var type = "ban"

        @Option(help: "How long: 30s, 5m, 1h, 2d.")
        var duration = "60m"

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard let length = DurationText.parse(duration), length >= .seconds(1) else {
                throw ValidationError("“\(duration)” is not a duration from a second to ten years; write 30s, 5m, 1h or 2d")
            }
        }

        func run() async throws {
            let seconds = Int(DurationText.parse(duration)?.components.seconds ?? 3600)
            let access = try options.access(quietly: true)
            try await access.submit(.addDecision(target, type: EffectKind(type), durationSeconds: seconds, reason: reason))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "End every decision on exactly this target, whoever wanted it.",
            discussion: """
                The detectors forget the target too, so that its next failure does not bring the decision back.
                Example: riposte decision remove 203.0.113.9 --reason "the new office"
                """)

        @Argument(help: "The address or network as decision list shows it.", transform: TargetArgument.parse)
        var target: Target

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = try options.access(quietly: true)
            try await access.submit(.removeDecision(target, reason: reason))
        }
    }
}
