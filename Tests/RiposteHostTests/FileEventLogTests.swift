import FoundationEssentials
import Riposte
import RiposteHost
import Testing

@Suite struct `an event log of files` {
    private let folder = TemporaryFolder()

    private func line(_ id: String, user: String) -> EventLogLine {
        EventLogLine(
            id: id, at: Timestamp(seconds: 1), channel: "security", message: user, incident: "inc-1", playbook: "p",
            context: ["user": ["id": .string(user)]])
    }

    @Test func `takes no stranger's name for a line that it has written`() async throws {
        let log = FileEventLog(["security": folder / "security.log"])
        #expect(try await log.write(line("log-1", user: "log-2"), mayBeThere: true))
        #expect(try await log.write(line("log-2", user: "alice"), mayBeThere: true))
        #expect(try await log.write(line("log-2", user: "alice"), mayBeThere: true) == false)
    }

    @Test func `writes nothing that speaks to a terminal or ends the line, and the same JSON`() async throws {
        let path = folder / "security.log"
        let user = "a\n\u{1b}[31m\u{9b}31m\u{202e}\u{2028}\u{85}\u{e0001}é"
        _ = try await FileEventLog(["security": path]).write(line("log-1", user: user), mayBeThere: false)
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        #expect(text.split(omittingEmptySubsequences: false) { $0.isNewline }.count == 2)
        #expect(TerminalText.safeJSON(text) == text)
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .format })
        #expect(try JSONValue(json: text)["context"]?["user"]?["id"]?.string == user)
    }
}
