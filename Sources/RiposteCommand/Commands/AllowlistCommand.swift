import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct AllowlistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allowlist", abstract: "Targets that are left alone, with who said so, why, and until when.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Leave a target alone, and lift what is in force on it.",
            discussion: """
                Whatever overlaps the target is left alone too: a ban of a network that contains a listed address is lifted.
                Examples: riposte allowlist add 203.0.113.9 --reason "penetration test until Friday" --duration 4d
                          riposte allowlist add 198.51.100.0/24 --reason "our monitoring" --permanent
                          riposte allowlist add user:deploy --reason "the pipeline's account" --permanent
                """)

        @Argument(
            help: "An address (203.0.113.9), a network (203.0.113.0/24) or an account (user:alice).", transform: TargetArgument.parse)
        var target: Target

        @Option(help: "Why, for the record.")
        var reason: String

        @Option(help: "For how long: 12h, 30d.")
        var duration = "30d"

        @Flag(help: "Until it is removed.")
        var permanent = false

        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard let length = DurationText.parse(duration), length >= .seconds(1) else {
                throw ValidationError("“\(duration)” is not a duration from a second to ten years; write 12h or 30d")
            }
            if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason says why, for whoever finds the entry later") }
        }

        func run() async throws {
            let seconds = permanent ? nil : DurationText.parse(duration).map { Int($0.components.seconds) }
            let access = try options.access(quietly: true)
            try await access.submit(.allow(target, durationSeconds: seconds, isOperator: false, reason: reason))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List what is left alone now.",
            discussion: """
                Examples: riposte allowlist list
                          riposte allowlist list --all --output ndjson | jq -r .target
                """)

        @Flag(help: "Those that have run out or were removed too.")
        var all = false

        @OptionGroup var output: OutputOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let now = SystemClock().now()
                let entries = try await store.allowlist().filter { all || $0.isInForce(at: now) }
                switch output.output {
                case .table: print(entries, now)
                case .ndjson: for entry in entries { Console.printJSON(try JSONOutput.line(entry)) }
                }
            }
        }

        private func print(_ entries: [AllowlistEntry], _ now: Timestamp) {
            guard !entries.isEmpty else { return Console.say("nothing is on the allowlist") }
            let rows = entries.map { entry in
                [entry.target.description, entry.isOperator ? "operator" : "allowed", left(entry, now), entry.author, entry.reason]
            }
            Console.print(Table.text([["TARGET", "KIND", "LEFT", "AUTHOR", "REASON"]] + rows))
        }

        private func left(_ entry: AllowlistEntry, _ now: Timestamp) -> String {
            if let by = entry.removedBy { return "removed by \(by)" }
            guard let end = entry.expiresAt else { return "for good" }
            return end > now ? DurationText.format(.seconds((end - now).components.seconds)) : "run out"
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a target off the allowlist; exactly this one.",
            discussion: "Example: riposte allowlist remove 203.0.113.9")

        @Argument(help: "The target as allowlist list shows it.", transform: TargetArgument.parse)
        var target: Target

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = try options.access(quietly: true)
            try await access.submit(.disallow(target, reason: reason))
        }
    }
}
