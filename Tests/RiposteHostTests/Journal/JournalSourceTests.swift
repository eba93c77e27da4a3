import Glibc
import Riposte
import RiposteHost
import Testing

@Suite(.timeLimit(.minutes(1)), .enabled(if: TestJournal.isWritable, "needs the package systemd-journal-remote"))
struct `a source in the journal` {
    let folder = TemporaryFolder()
    let board = SourceHealthBoard()
    var journal: TestJournal { TestJournal(path: folder / "test.journal") }

    func source(
        _ selections: [JournalSource.Selection] = [.unit("ssh.service")], _ start: JournalSource.Start = .beginning,
        place: JournalSource.Place? = nil
    ) -> JournalSource {
        JournalSource(
            selections, in: place ?? .files([journal.path]), name: "journal:ssh.service", startAt: start,
            checkInterval: .milliseconds(20), health: board, clock: SteppedClock())
    }

    func entry(_ number: Int64, _ message: String? = nil, unit: String = "ssh.service", identifier: String = "sshd") -> TestJournal.Entry {
        .init(seconds: number, message: Array((message ?? "message \(number)").utf8), unit: unit, identifier: identifier)
    }

    func line(_ number: Int64) -> String {
        "\((TestJournal.epoch + .seconds(number)).description.dropLast()).000000Z web sshd[7]: message \(number)"
    }

    @Test func `gives entries of the unit as syslog lines`() async throws {
        try journal.append([entry(1), entry(2, unit: "cron.service", identifier: "cron"), entry(3)])
        #expect(await Reading(source()).lines(2) == [line(1), line(3)])
        #expect(line(1).hasPrefix("2026-11-18T11:06:41.000000Z web sshd[7]: "))
    }

    @Test func `gives entries of any of several selections`() async throws {
        try journal.append([entry(1), entry(2, unit: "cron.service", identifier: "cron"), entry(3, unit: "x", identifier: "sudo")])
        let selections: [JournalSource.Selection] = [.unit("ssh.service"), .identifier("sudo")]
        let lines = await Reading(source(selections)).lines(2)
        #expect(lines.map { $0.split(separator: " ")[2] } == ["sshd[7]:", "sudo[7]:"])
    }

    @Test func `makes one line of a message, whatever is in it`() async throws {
        let forged = "harmless\n2026-11-18T11:06:41Z web sshd[7]: Failed password\u{0}\u{1B}[2J"
        try journal.append([entry(1, forged, identifier: "ss hd]:"), entry(2)])
        let lines = await Reading(source()).lines(2)
        #expect(lines[0].hasSuffix(" web ss_hd__[7]: harmless#0122026-11-18T11:06:41Z web sshd[7]: Failed password#000#033[2J"))
        #expect(lines[1] == line(2))
    }

    @Test func `goes on behind its cursor`() async throws {
        try journal.append([entry(1), entry(2)])
        let reading = Reading(source())
        _ = await reading.lines(2)
        await reading.stop()
        let stored = try JSON.encode(try #require(reading.position))
        try journal.append([entry(3)])
        let position = try JSON.decode(SourcePosition.self, from: stored)
        #expect(await Reading(source(), from: position).lines(1) == [line(3)])
        #expect(board["journal:ssh.service"]?.notice == nil)
    }

    @Test func `reads what is appended while it follows, from the end on`() async throws {
        try journal.append([entry(1)])
        let reading = Reading(source([.unit("ssh.service")], .end))
        await reading.next()
        try journal.append([entry(2)])
        #expect(await reading.lines(1) == [line(2)])
    }

    @Test func `reads a stretch again, by cursor and by time`() async throws {
        try journal.append((1...6).map { entry($0) })
        let reading = Reading(source())
        _ = await reading.lines(6)
        await reading.stop()
        let end = try #require(reading.position)
        guard case .journal(let last) = end else { throw TemporaryFolder.Failure("position") }
        let byTime = SourcePosition.journal(.init(cursor: nil, realtime: TestJournal.epoch + .seconds(4)))
        #expect(try await reread(source(), from: byTime, upTo: end) == [line(4), line(5), line(6)])
        let early = JournalPosition(cursor: nil, realtime: TestJournal.epoch + .seconds(3))
        #expect(try await reread(source(), from: .beginning, upTo: .journal(early)) == [line(1), line(2), line(3)])
        #expect(try await reread(source(), from: end, upTo: .journal(last)) == [])
    }

    @Test func `says that the entry it had come to is gone`() async throws {
        try journal.append([entry(1), entry(2)])
        let reading = Reading(source())
        _ = await reading.lines(2)
        await reading.stop()
        unlink(journal.path)
        try journal.append([entry(5)])
        #expect(await Reading(source(), from: reading.position).lines(1) == [line(5)])
        #expect(board["journal:ssh.service"]?.notice?.contains("no longer in the journal") == true)
    }

    @Test func `waits for a journal that is not there`() async throws {
        let reading = Reading(source(place: .directory(folder / "later")))
        while board.problems(at: .distantFuture).isEmpty { await Task.yield() }
        #expect(board.problems(at: .distantFuture)[0].problem.contains("no such file"))
        mkdir(folder / "later", 0o700)
        try TestJournal(path: folder / "later/test.journal").append([entry(1)])
        #expect(await reading.lines(1) == [line(1)])
        unlink(folder / "later/test.journal")
        rmdir(folder / "later")
    }

    @Test func `ends promptly when cancelled`() async throws {
        try journal.append([entry(1)])
        let reading = Reading(source())
        _ = await reading.lines(1)
        #expect(await reading.stop() is CancellationError)
    }
}
