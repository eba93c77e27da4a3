import Logging
import Synchronization

/// A log handler that keeps metadata and writes nothing.
struct QuietLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {}
}

/// What is logged, at whatever level.
final class SaidLines: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock(\.self) }
    var logger: Logger { Logger(label: "test") { _ in Handler(said: self) } }

    private struct Handler: LogHandler {
        let said: SaidLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { said.state.withLock { $0.append("\(event.message)") } }
    }
}
