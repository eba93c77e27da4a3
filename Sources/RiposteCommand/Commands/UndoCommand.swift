import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back everything that was done in a stretch of time.",
        discussion: """
            \(UndoOptions.discussion)
            A time of day is this machine's, the last one that has passed. To take back one incident, run or effect: \
            riposte incident undo, riposte run undo, riposte effect undo.
            Examples: riposte undo --since 14:00 --dry-run
                      riposte undo --since 2h --playbook brute_force_response --reason "threshold set too low"
                      riposte undo --since 2026-11-20T13:00:00Z --until 2026-11-20T14:30:00Z
            """)

    @Option(help: MomentArgument.help("What was begun at this time or later"), transform: MomentArgument.parse)
    var since: Timestamp

    @Option(help: MomentArgument.help("And before this time"), transform: MomentArgument.parse)
    var until: Timestamp?

    @Option(help: "Only what this playbook did.")
    var playbook: String?

    @OptionGroup var undo: UndoOptions
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if let until, until <= since {
            throw ValidationError("--until (\(until.toTheSecond)) must be later than --since (\(since.toTheSecond))")
        }
    }

    func run() async throws {
        try await undo.run(options) { store in
            let scope = UndoScope.period(from: since, until: until, playbook: playbook.map { PlaybookSlug($0) })
            guard let playbook else { return scope }
            // A slug with a slip in it would quietly take nothing back.
            let all = UndoScope.period(from: since, until: until, playbook: nil)
            let known = Set(
                try await all.effects(in: store).map(\.playbook.rawValue)
                    + all.unfinishedRuns(in: store).map(\.playbook.slug.rawValue))
            guard known.isEmpty || known.contains(playbook) else {
                let suggestion = Suggestion.forName(playbook, among: known.sorted()).map { "; \($0)" } ?? ""
                throw Failure("the playbook “\(playbook)” did nothing in that time\(suggestion)")
            }
            return scope
        }
    }
}

/// What every command that takes something back has.
struct UndoOptions: ParsableArguments {
    static let discussion = """
        Says of each effect what becomes of it, and who else keeps its target. What cannot be taken back at once is tried again \
        until it works, and the command ends with 1. Runs of which all is taken back do nothing more, and nobody is asked about them \
        any more; taking back a single effect leaves its run alone. Undoing twice changes nothing. The detectors forget the targets, so that the \
        next failure does not bring it all back. With --dry-run it says what would happen and touches nothing.
        """

    @Flag(help: "Only say what would be taken back, what keeps its target, and what cannot be taken back.")
    var dryRun = false

    @Option(help: "Why, for the record.")
    var reason = ""

    func run(_ options: ConfigurationOptions, _ scope: (any IncidentStore) async throws -> UndoScope) async throws {
        let access = try options.access(quietly: true)
        let found = try await access.withStore { (store) async throws -> UndoScope in
            let found = try await scope(store)
            guard dryRun else { return found }
            let responder = try Assembly(access.loaded, store: store, logger: access.logger).responder
            Console.print(try await responder.previewUndo(found).text)
            Console.say("nothing was touched; without --dry-run it would be")
            return found
        }
        if !dryRun { try await access.submit(.undo(found, reason: reason)) }
    }
}
