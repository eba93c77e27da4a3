import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct PlaybookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "playbook", abstract: "The answers: check, list, show and run playbooks.",
        subcommands: [Lint.self, List.self, Show.self, Run.self, Mode.self])

    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Check playbooks: every error with file, line, column and the nearest right name.",
            discussion: """
                Without files, those of the configuration are checked. Exits with 2 where there is an error.
                Examples: riposte playbook lint
                          riposte playbook lint playbooks/ new_response.yaml
                """)

        @Argument(help: "Playbook files or folders.", completion: .file())
        var files: [String] = []

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let loaded = try options.loadIfThere(saying: files.isEmpty ? .everything : .errors)
            guard !files.isEmpty else { return say(loaded.playbooks.count, loaded.findings) }
            var read = ReadPlaybooks()
            for file in files {
                read += ConfigurationFile.isFolder(file) ? PlaybookFolder.readPartly(file) : PlaybookFile.readPartly(path: file)
            }
            let linter = Assembly.linter(loaded.settings, file: options.file ?? "").linter
            let findings = (read.findings + linter.findings(for: read.playbooks + read.broken)).inOrder
            for finding in findings { Console.say(finding.description) }
            say(read.playbooks.count + read.broken.count, findings)
            if findings.contains(where: { $0.level == .error }) { throw ExitCode.invalid }
        }

        private func say(_ playbooks: Int, _ findings: [Finding]) {
            let errors = findings.count { $0.level == .error }
            let parts = [
                Counted.text(playbooks, "playbook"), Counted.text(errors, "error"), Counted.text(findings.count - errors, "warning"),
            ]
            Console.say(parts.joined(separator: ", "))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the playbooks there are, with what starts them and what they do.",
            discussion: "Without a settings file, the shipped ones. Example: riposte playbook list")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await PlaybookCommand.withResponder(options) { responder in
                let rows = responder.playbooks.map { playbook in
                    [
                        playbook.slug.rawValue,
                        playbook.isEnabled ? Self.mode(of: playbook, responder) : "disabled",
                        playbook.triggers.isEmpty ? "by hand" : playbook.triggers.map(\.sentence).joined(separator: "; "),
                        playbook.steps.map(\.action.rawValue).joined(separator: " → "),
                    ]
                }
                Console.print(Table.text([["SLUG", "MODE", "TRIGGER", "ACTIONS"]] + rows))
                for aside in responder.playbooksSetAside {
                    Console.say("set aside: \(aside.record.slug), revision \(aside.record.revision)")
                    for finding in aside.findings { Console.say("  \(finding)") }
                }
                for entry in responder.modeOverrides.inForce {
                    Console.say(TerminalText.safe("\(entry.playbook): in the mode \(entry.mode?.rawValue ?? "") \(entry.sentence)"))
                }
            }
        }

        /// A star where it is not the one that is written.
        private static func mode(of playbook: Playbook, _ responder: IncidentResponder) -> String {
            responder.mode(of: playbook).rawValue + (responder.modeOverrides[playbook.slug] == nil ? "" : " *")
        }
    }

    struct Mode: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mode", abstract: "Give a playbook another mode than is written in it: off, shadow, approve or enforce.",
            discussion: """
                Counts from the next run on, over restarts, until it is given another; runs under way go on as they began. It is kept \
                in the store with who and why: riposte playbook list, riposte guard. The setting “mode” is a ceiling still.
                Examples: riposte playbook mode brute_force_response shadow --reason "hits our office"
                          riposte playbook mode brute_force_response as-written
                """)

        @Argument(help: "The playbook's slug.")
        var slug: String

        @Argument(help: "off, shadow, approve, enforce, or as-written.")
        var mode: Word

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        enum Word: String, CaseIterable, ExpressibleByArgument {
            case off, shadow, approve, enforce
            case asWritten = "as-written"
        }

        func run() async throws {
            let access = try options.access(quietly: true)
            try await access.submit(.setMode(PlaybookSlug(slug), PlaybookMode(rawValue: mode.rawValue), reason: reason))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print a playbook as it is understood, every default filled in, as JSON.",
            discussion: "Example: riposte playbook show brute_force_response")

        @Argument(help: "The playbook's slug.")
        var slug: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await PlaybookCommand.withResponder(options) { responder in
                guard let playbook = responder.playbooks.first(where: { $0.slug.rawValue == slug }) else {
                    let suggestion = Suggestion.forName(slug, among: responder.playbooks.map(\.slug.rawValue)).map { "; \($0)" } ?? ""
                    throw Failure("there is no playbook “\(slug)”\(suggestion)")
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
            help: ArgumentHelp("What the run starts with: ip, cidr, user, session, or any other key.", valueName: "key=value"))
        var context: [String] = []

        @Option(help: "Why, for the record.")
        var reason = ""

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let values = try Self.values(context)
            let access = try options.access(quietly: true)
            try await access.submit(.runPlaybook(PlaybookSlug(slug), context: values, reason: reason))
        }

        func validate() throws { try TargetSet.check(try Self.values(context)) }

        private static func values(_ context: [String]) throws -> [String: JSONValue] {
            try Dictionary(context.map(pair)) { _, last in last }
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
    /// A usage error where what a context names is no target.
    fileprivate static func check(_ values: [String: JSONValue]) throws {
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
