import Logging
import Riposte

/// One line a record on standard error, with nothing in it that could end the line or speak to the terminal.
struct StandardErrorLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: Logging.LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        Console.say("\(SystemClock().now()) \(event.level) \(TerminalText.safe("\(event.message)"))\(TerminalText.safe(details))")
    }
}
