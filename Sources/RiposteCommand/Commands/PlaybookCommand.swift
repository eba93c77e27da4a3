import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct PlaybookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "playbook", abstract: "The answers: check, list, show and run playbooks.",
        subcommands: [Lint.self, List.self, Show.self, Run.self])

    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Check playbooks: every error with file, line, column and the nearest right name.",
            discussion: "Without files, those of the configuration are checked. Exits with 2 where there is an error.")

        @Argument(help: "Playbook files or folders.", completion: .file())
        var files: [String] = []

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var loaded = try options.loadIfThere()
            var findings: [Finding] = []
            if !files.isEmpty {
                loaded.playbooks = []
                for file in files {
                    let read = ConfigurationFile.isFolder(file) ? PlaybookFolder.read(file) : PlaybookFile.read(path: file)
                    loaded.playbooks += read.playbooks
                    findings += read.findings
                }
            }
            let assembly = try Assembly(loaded, store: InMemoryStore(), logger: options.logger(loaded.settings))
            findings += assembly.responder.check()
            for finding in findings.inOrder { Console.print(finding.description) }
            let errors = findings.count { $0.level == .error }
            Console.say("\(loaded.playbooks.count) playbooks, \(errors) errors, \(findings.count - errors) warnings")
            if errors > 0 { throw ExitCode.invalid }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the playbooks there are.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await PlaybookCommand.withResponder(options) { responder in
                let rows = responder.playbooks.map { playbook in
                    [
                        playbook.slug.rawValue, playbook.isEnabled ? playbook.mode.rawValue : "disabled",
                        playbook.triggers.isEmpty ? "by hand" : playbook.triggers.map(\.sentence).joined(separator: "; "),
                        playbook.steps.map(\.action.rawValue).joined(separator: " → "),
                    ]
                }
                Console.print(Table.text([["SLUG", "MODE", "TRIGGER", "ACTIONS"]] + rows))
                for aside in responder.playbooksSetAside {
                    Console.say("set aside: \(aside.record.slug), revision \(aside.record.revision)")
                    for finding in aside.findings { Console.say("  \(finding)") }
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a playbook as it is understood, as JSON.")

        @Argument(help: "The playbook's slug.")
        var slug: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await PlaybookCommand.withResponder(options) { responder in
                guard let playbook = responder.playbooks.first(where: { $0.slug.rawValue == slug }) else {
                    let suggestion = Suggestion.forName(slug, among: responder.playbooks.map(\.slug.rawValue)).map { "; \($0)" } ?? ""
                    throw ValidationError("there is no playbook “\(slug)”\(suggestion)")
                }
                Console.printJSON(try JSONOutput.pretty(playbook.definition))
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Run a playbook by hand.",
            discussion: """
                Without targets it runs, and the steps that need one fail. Works with automatic answers switched off.
                Example: riposte playbook run brute_force_response --context ip=203.0.113.7 --context user=alice
                """)

        @Argument(help: "The playbook's slug.")
        var slug: String

        @Option(
            name: .long, parsing: .singleValue,
            help: ArgumentHelp("What the run starts with: ip, user, session, or any other key.", valueName: "key=value"))
        var context: [String] = []

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let values = try Dictionary(context.map(Self.pair)) { _, last in last }
            _ = try TargetSet(checking: values)
            let loaded = try options.load()
            let access = EngineAccess(loaded: loaded, logger: options.logger(loaded.settings, quietly: true))
            try await access.submit(.runPlaybook(PlaybookSlug(slug), context: values, reason: reason))
        }

        private static func pair(_ text: String) throws -> (String, JSONValue) {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("“\(text)” is not key=value, as in --context ip=203.0.113.7")
            }
            return (String(text[..<equals]), .string(String(text[text.index(after: equals)...])))
        }
    }

    /// The configuration's and the store's playbooks; without a settings file the shipped ones.
    static func withResponder(_ options: ConfigurationOptions, _ body: (IncidentResponder) throws -> Void) async throws {
        let loaded = try options.loadIfThere()
        let logger = options.logger(loaded.settings)
        guard options.file != nil else { return try body(try Assembly(loaded, store: InMemoryStore(), logger: logger).responder) }
        try await EngineAccess(loaded: loaded, logger: logger).withStore { store in
            let responder = try Assembly(loaded, store: store, logger: logger).responder
            try await responder.reloadStoredPlaybooks()
            try body(responder)
        }
    }
}

extension TargetSet {
    /// Reads what a context names, with a usage error where it is no target.
    fileprivate init(checking values: [String: JSONValue]) throws {
        self.init()
        for key in ["ip", "cidr"] {
            guard let text = values[key]?.string else { continue }
            guard AddressRange(text) != nil else {
                throw ValidationError("“\(key)=\(text)” is not an address (203.0.113.9) or network (203.0.113.0/24)")
            }
        }
    }
}

extension Trigger {
    /// `brute_force, high or worse`.
    fileprivate var sentence: String {
        let who = detectors.isEmpty ? "anything" : detectors.map(\.rawValue).joined(separator: " or ")
        switch severity {
        case .any: return who
        case .atLeast(let least): return "\(who), \(least) or worse"
        case .exactly(let set): return "\(who), exactly \(set.sorted().map(\.name).joined(separator: " or "))"
        }
    }
}
