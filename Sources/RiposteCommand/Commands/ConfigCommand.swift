import ArgumentParser
import Riposte
import RiposteConfiguration

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The settings file.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check the settings file and every playbook it leads to, all errors at once.",
            discussion: """
                Touches nothing. Exits with 2 where there is an error.
                Example: riposte config check --config /etc/riposte/riposte.yaml
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let loaded = try options.load(saying: .everything)
            let parts = [
                Counted.text(loaded.settings.sources.count, "source"), Counted.text(loaded.playbooks.count, "playbook"),
                Counted.text(loaded.findings.count, "warning"),
            ]
            Console.say("\(options.file ?? "") is in order: \(parts.joined(separator: ", "))")
        }
    }
}

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print the completion script for a shell.",
        discussion: """
            Examples: riposte completion bash > /etc/bash_completion.d/riposte
                      source <(riposte completion bash)
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell.rawValue) else { throw Failure("there is no completion for \(shell)") }
        Console.printJSON(RiposteTool.completionScript(for: shell))
    }
}
