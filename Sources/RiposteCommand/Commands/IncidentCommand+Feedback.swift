import ArgumentParser
import Riposte

extension IncidentCommand {
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve", abstract: "Say that an incident is over, what it was and what is learnt from it.",
            discussion: """
                Works while the daemon runs and while it does not. Those who were told of the incident are told that it is over. What is \
                in force stays so, and is listed: riposte incident undo takes it back. What comes later from the same source opens a \
                new incident.
                With --false-positive all of it is taken back, the detectors forget its targets, these are left alone for a while, and \
                it counts against its playbooks and detectors in riposte report. Doing it again changes nothing more.
                Examples: riposte incident resolve inc-t9k48cbezs --note "passwords changed, nothing else touched"
                          riposte incident resolve inc-t9k48cbezs --false-positive --note "our own monitoring"
                          riposte incident resolve inc-t9k48cbezs --verdict true_positive --cause "weak password" --lessons "keys only"
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Option(help: "How it ended, for the record.")
        var note = ""

        @Flag(help: "It was no attack: take everything back. The same as --verdict false_positive.")
        var falsePositive = false

        @Option(help: "What it turned out to be: \(Incident.Verdict.allCases.map(\.rawValue).joined(separator: ", ")).")
        var verdict: Incident.Verdict?

        @Option(help: "What was behind it.")
        var cause: String?

        @Option(help: "What is done differently from now on.")
        var lessons: String?

        @Option(help: "For how long the targets of a false positive are left alone: 24h, 7d; 0s = not at all.")
        var allow = "24h"

        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard DurationText.parse(allow) != nil else { throw ValidationError("“\(allow)” is not a duration; write 24h or 7d") }
            if falsePositive, let verdict, verdict != .falsePositive {
                throw ValidationError("--false-positive and --verdict \(verdict.rawValue) exclude each other")
            }
        }

        func run() async throws {
            let resolution = Resolution(
                note: note, verdict: falsePositive ? .falsePositive : verdict, cause: cause, lessons: lessons,
                allow: DurationText.parse(allow) ?? Resolution.usualAllowance)
            try await IncidentArgument.submit(id, options) { .changeIncident($0, .resolve(resolution)) }
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assign", abstract: "Say who looks after an incident.",
            discussion: """
                Examples: riposte incident assign inc-t9k48cbezs ann
                          riposte incident assign inc-t9k48cbezs --nobody
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Argument(help: "Who looks after it.")
        var user: String?

        @Flag(help: "Nobody looks after it any more.")
        var nobody = false

        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard nobody == (user == nil), user != "" else { throw ValidationError("name somebody, or say --nobody") }
        }

        func run() async throws { try await IncidentArgument.submit(id, options) { .changeIncident($0, .assign(user)) } }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note", abstract: "Write something beside an incident, for its timeline.",
            discussion: #"Example: riposte incident note inc-t9k48cbezs "the address is a customer's office""#)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Argument(help: "What to write.")
        var text: String

        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard !text.isEmpty else { throw ValidationError("there is nothing to write") }
        }

        func run() async throws { try await IncidentArgument.submit(id, options) { .changeIncident($0, .note(text)) } }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: "Put a resolved incident away for good.",
            discussion: "Example: riposte incident close inc-t9k48cbezs --note \"looked at in Monday's review\"")

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Option(help: "What to write beside it in the record.")
        var note = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await IncidentArgument.submit(id, options) { .changeIncident($0, .close(note: note)) } }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reopen", abstract: "Say that an incident is not over after all.",
            discussion: """
                What comes from its sources joins it again.
                Example: riposte incident reopen inc-t9k48cbezs --note "it goes on"
                """)

        @Argument(help: "The incident's id, or its beginning.")
        var id: String

        @Option(help: "What to write beside it in the record.")
        var note = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await IncidentArgument.submit(id, options) { .changeIncident($0, .reopen(note: note)) } }
    }
}
