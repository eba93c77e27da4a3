import ArgumentParser
import Riposte

extension IncidentCommand {
    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge", abstract: "Take an incident up: somebody looks after it now.",
            discussion: """
                Works while the daemon runs and while it does not. Channels that follow it, as PagerDuty does, are told once. Who was \
                first stays in the record; doing it again changes nothing.
                Example: riposte incident acknowledge inc-t9k48cbezs --note "looking at the web server's log"
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Option(help: "What to write beside it in the record.")
        var note = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await IncidentArgument.submit(id, options) { .acknowledgeIncident($0, note: note) } }
    }
}
