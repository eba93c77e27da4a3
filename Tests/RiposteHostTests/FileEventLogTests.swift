import FoundationEssentials
import Glibc
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

    @Test(.timeLimit(.minutes(1))) func `holds nobody up where its file is something else`() async throws {
        let path = folder / "pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let log = FileEventLog(["security": path])
        await #expect(throws: EnforcementError.self) { try await log.write(line("log-1", user: "alice"), mayBeThere: false) }
        await #expect(throws: EnforcementError.self) { try await log.write(line("log-1", user: "alice"), mayBeThere: true) }
    }

    @Test func `begins a line of its own where a full disk has left half of one`() async throws {
        let path = folder / "half.log"
        try Data(#"{"id":"log-1","at":"20"#.utf8).write(to: URL(filePath: path))
        let log = FileEventLog(["security": path])
        #expect(try await log.write(line("log-1", user: "alice"), mayBeThere: true))
        #expect(try await log.write(line("log-1", user: "alice"), mayBeThere: true) == false)
        let lines = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(try JSONValue(json: String(lines[1]))["id"]?.string == "log-1")
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
