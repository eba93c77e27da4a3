import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct ApprovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval", abstract: "What waits for people: look at it, let it through, or do not.",
        subcommands: [List.self, Show.self, Grant.self, Deny.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List what waits for an answer, the most severe first.",
            discussion: """
                Runs that ask the same (one playbook, one action, one severity) are one approval.
                Examples: riposte approval list
                          riposte approval list --all --output ndjson
                """)

        @Flag(help: "Those that were answered, or were not in time, as well; the latest first.")
        var all = false

        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                let approvals =
                    all
                    ? try await store.approvals(ApprovalQuery(limit: list.limit))
                    : Array(Approval.byUrgency(try await store.approvals(.pending)).prefix(list.limit))
                switch list.output {
                case .table: print(approvals)
                case .ndjson: for approval in approvals { Console.printJSON(try JSONOutput.line(approval)) }
                }
            }
        }

        private func print(_ approvals: [Approval]) {
            guard !approvals.isEmpty else { return Console.say(all ? "no approvals" : "nothing waits for an answer") }
            let now = SystemClock().now()
            let rows = approvals.map { approval in
                let more = approval.proposalCount > 1 ? " and \(approval.proposalCount - 1) more" : ""
                return [
                    approval.id.rawValue, approval.severity.name, approval.playbook.rawValue, approval.action?.rawValue ?? "all of it",
                    (approval.targets.first?.description ?? "-") + more, approval.standing(at: now),
                ]
            }
            Console.print(Table.text([["ID", "SEVERITY", "PLAYBOOK", "ACTION", "TARGETS", "STATE"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Say what would be done, why it is asked, who may answer, and who has.",
            discussion: "Example: riposte approval show apr-t9k48cbezs")

        @OptionGroup var which: ApprovalArgument
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.access().withStore { store in
                Console.print(try await which.find(store).text(at: SystemClock().now()))
            }
        }
    }

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grant", abstract: "Let it through. What waited for it goes on.",
            discussion: """
                The first answer stands: granting twice does nothing twice. Where more than one person has to grant it, it goes on \
                with the last of them. Whoever is not among its approvers is refused, and that is recorded.
                Example: riposte approval grant apr-t9k48cbezs --reason "seen the log, it is an attack"
                """)

        @OptionGroup var which: ApprovalArgument

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await which.answer(.grant, reason, options) }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deny", abstract: "Do not let it through. Nothing that waited for it is done.",
            discussion: """
                One who denies it is enough, whatever number has to grant it.
                Example: riposte approval deny apr-t9k48cbezs --reason "our own scanner"
                """)

        @OptionGroup var which: ApprovalArgument

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await which.answer(.deny, reason, options) }
    }
}

struct ApprovalArgument: ParsableArguments {
    @Argument(help: "The approval's id, or its beginning.")
    var id: String

    /// The approval with this id, or the only one whose id begins so.
    func find(_ store: any IncidentStore) async throws -> Approval {
        if let approval = try await store.approval(ApprovalID(id)) { return approval }
        let all = try await store.approvals(ApprovalQuery())
        let matching = all.filter { $0.id.rawValue.hasPrefix(id) || $0.id.rawValue.hasPrefix("apr-" + id) }
        guard matching.count < 2 else { throw Failure("“\(id)” is the beginning of \(matching.count) approvals; give more of it") }
        guard let approval = matching.first else {
            throw Failure("there is no approval “\(id)”; riposte approval list --all shows what there is")
        }
        return approval
    }

    func answer(_ decision: Vote.Decision, _ reason: String, _ options: ConfigurationOptions) async throws {
        let access = try options.access(quietly: true)
        let found = try await access.withStore { (store) async throws -> ApprovalID in try await find(store).id }
        try await access.submit(.answerApproval(found, decision, reason: reason))
    }
}
