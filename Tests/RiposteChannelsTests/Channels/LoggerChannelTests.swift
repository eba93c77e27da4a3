import Logging
import Riposte
import Synchronization
import Testing

@Suite struct `a log channel` {
    @Test(arguments: zip(Severity.allCases, [Logger.Level.info, .notice, .warning, .error, .critical]))
    func `logs at the level that fits`(severity: Severity, level: Logger.Level) async throws {
        let lines = Lines()
        _ = try await LoggerChannel(logger: lines.logger).deliver(.example(severity: severity))
        #expect(lines.all.map(\.level) == [level])
    }

    @Test func `lets nobody write a line of their own`() async throws {
        let lines = Lines()
        let evil = "x\r\nFAKE accepted\u{1B}[2K\u{202E}\u{2028}y"
        _ = try await LoggerChannel(logger: lines.logger).deliver(.example(title: evil, body: evil, facts: [("user", evil)], link: evil))
        let line = try #require(lines.all.first)
        #expect(line.message == "x FAKE accepted [2K  y")
        #expect(line.metadata["fact.user"] == "x FAKE accepted [2K  y")
        #expect(line.metadata["incident"] == "inc-1")
        for text in [line.message] + line.metadata.values.map({ "\($0)" }) {
            #expect(
                text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.properties.generalCategory != .format })
        }
    }
}

/// A log that keeps its lines.
private final class Lines: Sendable {
    struct Line {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    private let lines = Mutex<[Line]>([])
    var all: [Line] { lines.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: Logging.LogEvent) {
            let line = Line(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:])
            lines.lines.withLock { $0.append(line) }
        }
    }
}
