import ArgumentParser
import Logging
import Riposte
import RiposteConfiguration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which configuration a command works with.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The settings file.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Flag(name: .shortAndLong, help: "Say what is done, step by step.")
    var verbose = false

    static let usualPlaces = ["riposte.yaml", "/etc/riposte/riposte.yaml"]

    /// The file that was named, or the first usual one that is there.
    var file: String? { config ?? Self.usualPlaces.first { FileManager.default.fileExists(atPath: $0) } }

    /// What the file says. Everything that is wrong is printed, and ends the command.
    func load() throws -> LoadedConfiguration {
        guard let file else {
            Console.say("there is no riposte.yaml here and none in /etc/riposte; one line is enough: store: riposte.db")
            throw ExitCode.invalid
        }
        do {
            let loaded = try ConfigurationLoader(detectors: DetectionSettings.described).load(file: file)
            for finding in loaded.findings { Console.say(finding.description) }
            return loaded
        } catch {
            Console.say(error.description)
            throw ExitCode.invalid
        }
    }

    /// The same for a command that can do without a settings file: the shipped playbooks then.
    func loadIfThere() throws -> LoadedConfiguration {
        guard file == nil else { return try load() }
        return LoadedConfiguration(settings: Settings(), playbooks: ShippedPlaybooks.all, findings: [])
    }

    func logger(_ settings: Settings?, quietly: Bool = false) -> Logger {
        var logger = Logger(label: "riposte") { _ in StandardErrorLogHandler() }
        let configured = settings.flatMap { Logger.Level(rawValue: $0.logLevel.rawValue) } ?? .info
        logger.logLevel = verbose ? .debug : (quietly ? .error : configured)
        return logger
    }
}
