package import Logging
internal import Synchronization

/// What is logged, in memory.
package final class RecordingLog: Sendable {
    package struct Line: Sendable {
        package var level: Logger.Level
        package var message: String
        /// The logger's own and the line's.
        package var metadata: Logger.Metadata
        /// `warning: what is said`
        package var text: String { "\(level): \(message)" }
    }

    private let state = Mutex<[Line]>([])

    package init() {}

    package var lines: [Line] { state.withLock(\.self) }

    /// A logger whose lines are kept, from `level` on.
    package func logger(_ level: Logger.Level = .trace) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { _, new in new }
            log.state.withLock { $0.append(Line(level: event.level, message: "\(event.message)", metadata: metadata)) }
        }
    }
}
