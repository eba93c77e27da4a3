import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct ShadowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow", abstract: "What playbooks in shadow mode would have done.", subcommands: [Report.self])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Say whom they would have contained, and who of those signed in successfully later.",
            discussion: """
                Read it before you let a playbook act: who signed in later may have been a customer. Sign-ins are watched for \
                seven days.
                Examples: riposte shadow report --since 7d
                          riposte shadow report --output ndjson | jq -r 'select(.successes > 0).target'
                """)

        @Option(help: "Only what would have been done within this time: 12h, 7d, 4w.")
        var since = "7d"

        @OptionGroup var output: OutputOptions
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard let length = DurationText.parse(since), length > .zero else {
                throw ValidationError("“\(since)” is not a duration; write 12h, 7d or 4w")
            }
        }

        func run() async throws {
            let length = DurationText.parse(since) ?? .seconds(7 * 86_400)
            try await options.access().withStore { store in
                let effects = try await store.shadowEffects(since: SystemClock().now() - length)
                switch output.output {
                case .table: Console.print(Counterfactual(effects).text)
                case .ndjson: for effect in effects { Console.printJSON(try JSONOutput.line(effect)) }
                }
            }
        }
    }
}
