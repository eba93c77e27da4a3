import Logging
import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `what the library logs` {
    /// A line of its own, what a terminal obeys, and what turns the reading direction.
    private let name = "eve\r\n2026-01-01 all is well\u{1B}[31m\u{9B}31m\u{2028}\u{202E}"

    @Test func `is one line each, whatever accounts are called`() async throws {
        let (log, store, decisions) = (RecordingLog(), InMemoryStore(), DecisionBoard())
        let accounts = AccountDirectories(decisions: decisions, isObeyed: true)
        let responder = try IncidentResponder(
            playbooks: [
                Playbook("p", steps: [Step(.lockAccount), Step(.blockUser), Step(.logEvent, parameters: ["message": .string(name)])])
            ],
            actions: [
                LockAccount(accounts: accounts, store: store), BlockUser(accounts: accounts, store: store),
                LogEvent(log: LoggerEventLog(log.logger())),
            ], store: store, decisions: decisions, logger: log.logger())
        let report = try await responder.runPlaybook("p", context: ["user": name])
        #expect(report.status == .succeeded)
        try await responder.undo(report.incidentID, actor: name)
        let lines = log.lines.map { "\($0.text) \($0.metadata)" }
        #expect(lines.count { $0.contains("eve") && $0.contains("all is well") } >= 3)
        for line in lines { #expect(PlainText.line(line) == line) }
    }

    @Test func `keeps level, metadata and the handler's own`() {
        let log = RecordingLog()
        var logger = log.logger(.notice).plain.plain
        logger[metadataKey: "run"] = "a\nb"
        logger.info("not this")
        logger.notice("this", metadata: ["names": ["a\nb", ["c": "d\te"]]])
        #expect(log.lines.map(\.text) == ["notice: this"])
        #expect(log.lines.first?.metadata == ["run": "a b", "names": ["a b", ["c": "d e"]]])
        logger.logLevel = .debug
        logger.debug("now this")
        #expect(log.lines.last?.text == "debug: now this")
        #expect(logger.handler.logLevel == .debug && (logger.handler as? PlainLogHandler)?.base is PlainLogHandler == false)
    }
}
