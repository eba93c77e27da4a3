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
        name: .shortAndLong,
        help: ArgumentHelp("The settings file; else riposte.yaml here, then /etc/riposte/riposte.yaml.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Flag(name: .shortAndLong, help: "Say what is done, step by step.")
    var verbose = false

    static let usualPlaces = ["riposte.yaml", "/etc/riposte/riposte.yaml"]

    /// The file that was named, or the first usual one that is there.
    var file: String? { config ?? Self.usualPlaces.first { FileManager.default.fileExists(atPath: $0) } }

    /// What of a configuration's findings is printed.
    enum Saying {
        /// Warnings too: where somebody is about to rely on the configuration as a whole.
        case everything
        case errors
    }

    /// What the file says. Everything that is wrong is printed, all at once, and ends the command.
    func load(saying: Saying = .errors) throws -> LoadedConfiguration {
        guard let file else {
            Console.say("there is no riposte.yaml here and none in /etc/riposte; one line is enough: store: riposte.db")
            throw ExitCode.invalid
        }
        var findings: [Finding] = []
        do {
            let loader = ConfigurationLoader(detectors: DetectionSettings.described)
            let loaded = try loader.load(file: file) { settings in
                let (linter, problems) = Assembly.linter(settings, file: file)
                findings += problems
                return linter
            }
            if saying == .everything || !findings.isEmpty { findings += loaded.findings }
            for finding in findings { Console.say(finding.description) }
            if findings.contains(where: { $0.level == .error }) { throw ExitCode.invalid }
            return loaded
        } catch let error as ConfigurationError {
            for finding in findings + error.findings { Console.say(finding.description) }
            throw ExitCode.invalid
        }
    }

    /// The same for a command that can do without a settings file: the shipped playbooks then.
    func loadIfThere(saying: Saying = .errors) throws -> LoadedConfiguration {
        guard file == nil else { return try load(saying: saying) }
        return LoadedConfiguration(settings: Settings(), playbooks: ShippedPlaybooks.all, findings: [])
    }

    /// What the file says, and the way to the store it names.
    ///
    /// - Parameter quietly: whether only errors are logged: where the command itself says what comes of it.
    func access(quietly: Bool = false) throws -> EngineAccess {
        let loaded = try load()
        return EngineAccess(loaded: loaded, logger: logger(loaded.settings, quietly: quietly))
    }

    func logger(_ settings: Settings?, quietly: Bool = false) -> Logger {
        var logger = Logger(label: "riposte") { _ in StandardErrorLogHandler() }
        let configured = settings.flatMap { Logger.Level(rawValue: $0.logLevel.rawValue) } ?? .info
        logger.logLevel = verbose ? .debug : (quietly ? .error : configured)
        return logger
    }
}
