import ArgumentParser
import Riposte
import RiposteConfiguration

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The settings file.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check the settings file and every playbook it leads to, all errors at once.",
            discussion: "Touches nothing. Exits with 2 where there is an error.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let loaded = try options.load()
            let assembly = try Assembly(loaded, store: InMemoryStore(), logger: options.logger(loaded.settings))
            _ = try DetectionSettings.service(loaded.settings.detectors)
            for source in loaded.settings.sources { _ = try SourceFactory.timezone(source.timeZone) }
            try assembly.checkPlaybooks()
            Console.say("\(options.file ?? "") is in order: \(loaded.settings.sources.count) sources, \(loaded.playbooks.count) playbooks")
        }
    }
}

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print the completion script for a shell.",
        discussion: "Example: riposte completion bash > /etc/bash_completion.d/riposte")

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw ValidationError("“\(shell)” is not a shell we know; there is: bash, zsh, fish")
        }
        Console.printJSON(RiposteTool.completionScript(for: shell))
    }
}
