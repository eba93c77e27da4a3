import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct ActionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "action", abstract: "What playbooks can do.", subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the actions there are, the webhooks of the configuration too.",
            discussion: "Example: riposte action list")
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let actions = try ActionCommand.actions(options)
            let rows = actions.all.map {
                [$0.name.rawValue, $0.targetKind?.rawValue ?? "-", $0.isReversible ? "yes" : "no", $0.documentation.summary]
            }
            Console.print(Table.text([["ACTION", "TARGET", "UNDO", "WHAT IT DOES"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Say what an action does, its parameters, what it reads and writes, and what undo does.",
            discussion: "Example: riposte action show block_ip")

        @Argument(help: "The action's name.")
        var name: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let actions = try ActionCommand.actions(options)
            guard let action = actions[ActionName(name)] else {
                let suggestion = Suggestion.forName(name, among: actions.names).map { "; \($0)" } ?? ""
                throw Failure("there is no action “\(name)”\(suggestion)")
            }
            Console.print(ActionText.text(action))
        }
    }

    private static func actions(_ options: ConfigurationOptions) throws -> ActionRegistry {
        let loaded = try options.loadIfThere()
        return try Assembly(loaded, store: InMemoryStore(), logger: options.logger(loaded.settings)).responder.actions
    }
}

/// An action's documentation, laid out.
enum ActionText {
    static func text(_ action: RegisteredAction) -> String {
        let documentation = action.documentation
        var lines = ["\(action.name): \(documentation.summary)"]
        if !documentation.discussion.isEmpty { lines += ["", documentation.discussion] }
        lines += [
            "",
            "Needs       " + (action.targetKind.map { "a target of the kind \($0.rawValue); the step runs once for each" } ?? "no target"),
        ]
        if !documentation.reads.isEmpty { lines.append("Reads       " + documentation.reads.joined(separator: ", ")) }
        if !documentation.writes.isEmpty { lines.append("Writes      " + documentation.writes.joined(separator: ", ")) }
        lines.append("Undo        " + (documentation.undo ?? "cannot be undone"))
        lines.append(action.schema.isEmpty ? "Parameters  none" : "Parameters")
        for parameter in action.schema {
            let extra = parameter.isRequired ? "; required" : parameter.defaultText.map { "; default \($0)" } ?? ""
            lines.append("  \(parameter.name) (\(parameter.type)\(extra)): \(parameter.summary)")
        }
        if !documentation.example.isEmpty { lines += ["", "Example: - \(documentation.example)"] }
        return lines.joined(separator: "\n")
    }
}
