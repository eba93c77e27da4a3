import Glibc
import Riposte
import RiposteHost
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `a follower of a log file` {
    let folder = TemporaryFolder()
    let board = SourceHealthBoard()
    let clock = SteppedClock()
    var path: String { folder / "auth.log" }

    func follower(
        _ start: FileFollower.Start = .end, chunkSize: Int = 4096, longestLine: Int = 1024 * 1024,
        checkInterval: Duration = .milliseconds(20)
    ) -> FileFollower {
        let configuration = FileFollower.Configuration(
            startAt: start, chunkSize: chunkSize, longestLine: longestLine, checkInterval: checkInterval)
        return FileFollower(path: path, name: "auth", configuration: configuration, health: board, clock: clock)
    }

    @Test func `delivers what is appended, and nothing that was there before`() async throws {
        let log = try LogWriter(path)
        try log.write("old\n")
        let reading = Reading(follower(checkInterval: .seconds(3600)))
        #expect(await reading.next())
        try log.write("one\ntwo\n")
        #expect(await reading.lines(2) == ["one", "two"])
        try log.write("three\n")
        #expect(await reading.lines(3) == ["one", "two", "three"])
    }

    @Test func `starts at the beginning when told to`() async throws {
        try LogWriter(path).write("old\nolder\n")
        #expect(await Reading(follower(.beginning)).lines(2) == ["old", "older"])
    }

    @Test func `holds back an unfinished line until its end comes`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try log.write("whole\nunfin")
        #expect(await reading.lines(1) == ["whole"])
        guard case .file(let place, _) = reading.position else { throw TemporaryFolder.Failure("position") }
        #expect(place.offset == 6)
        try log.write("ished\n")
        #expect(await reading.lines(2) == ["whole", "unfinished"])
    }

    @Test func `begins behind the last whole line when it starts inside one`() async throws {
        let log = try LogWriter(path)
        try log.write("old\nhalf a ")
        let reading = Reading(follower())
        await reading.next()
        try log.write("line\n")
        #expect(await reading.lines(1) == ["half a line"])
    }

    @Test func `hands on a line that is too long in parts, and goes on behind it after a restart within`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower(chunkSize: 64, longestLine: 100))
        await reading.next()
        try log.write(String(repeating: "x", count: 200))
        while reading.chunks.reduce(0, { $0 + $1.bytes.count }) < 200, await reading.next() {}
        await reading.stop()
        #expect(reading.chunks.filter { $0.part == .longLineStart }.count == 1)
        let again = Reading(follower(chunkSize: 64, longestLine: 100), from: reading.position)
        try log.write("end\nshort\n")
        _ = await again.lines(through: "short")
        #expect(again.chunks.filter { $0.part == .wholeLines && !$0.bytes.isEmpty }.map(\.bytes) == [Array("short\n".utf8)])
        #expect(again.chunks.contains { $0.part == .longLineEnd })
    }

    @Test func `reads a renamed file to its end, late lines too, and then the new one`() async throws {
        let old = try LogWriter(path)
        let reading = Reading(follower(checkInterval: .seconds(3600)))
        await reading.next()
        try old.write("1\n")
        try rename(path, to: path + ".1")
        try old.write("2\n")
        let new = try LogWriter(path)
        try new.write("3\n")
        #expect(Set(await reading.lines(3)) == ["1", "2", "3"])
        try old.write("4\n")
        #expect(await reading.lines(4).last == "4")
        try new.write("5\n")
        #expect(await reading.lines(5).last == "5")
    }

    @Test func `lets go of a rotated file after the grace, with the unfinished line at its end`() async throws {
        let old = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try old.write("1\n")
        _ = await reading.lines(1)
        try rename(path, to: path + ".1")
        try old.write("no end")
        let new = try LogWriter(path)
        try new.write("2\n")
        _ = await reading.lines(2)
        clock.advance(by: .seconds(61))
        #expect(await reading.lines(3) == ["1", "2", "no end"])
        try new.write("3\n")
        _ = await reading.lines(4)
        guard case .file(_, let older) = reading.position else { throw TemporaryFolder.Failure("position") }
        #expect(older.isEmpty)
    }

    @Test func `starts anew in a file that was copied and cut`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try log.write("a line long enough to be recognised again\n")
        _ = await reading.lines(1)
        try copy(path, to: path + ".1")
        try log.truncate()
        try log.write("new\n")
        #expect(await reading.lines(2).last == "new")
        try log.write("newer\n")
        #expect(await reading.lines(3).count == 3)
    }

    @Test func `notices that a file was cut and grew to the same size`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try log.write("aaaa\n")
        _ = await reading.lines(1)
        try log.truncate()
        try log.write("bbbb\n")
        #expect(await reading.lines(2) == ["aaaa", "bbbb"])
    }

    @Test func `reads a file that was deleted and made again`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try log.write("1\n")
        _ = await reading.lines(1)
        unlink(path)
        let again = try LogWriter(path)
        try again.write("2\n")
        #expect(await reading.lines(2) == ["1", "2"])
    }

    @Test func `lets go of a deleted file after the grace, and waits for a new one`() async throws {
        let log = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        try log.write("1\n")
        _ = await reading.lines(1)
        unlink(path)
        clock.advance(by: .seconds(61))
        while reading.position != .beginning, await reading.next() {}
        try LogWriter(path).write("2\n")
        #expect(await reading.lines(2) == ["1", "2"])
    }

    @Test func `follows a symbolic link that is pointed elsewhere`() async throws {
        let first = try LogWriter(folder / "day-1")
        symlink(folder / "day-1", path)
        let reading = Reading(follower())
        await reading.next()
        try first.write("1\n")
        _ = await reading.lines(1)
        let second = try LogWriter(folder / "day-2")
        symlink(folder / "day-2", folder / "next")
        try rename(folder / "next", to: path)
        try second.write("2\n")
        #expect(await reading.lines(2) == ["1", "2"])
    }

    @Test func `waits for a file that is missing, shows it after half a minute, and reads it from its beginning`() async throws {
        let reading = Reading(follower())
        await reading.next()
        #expect(reading.position == .beginning)
        #expect(board.problems(at: clock.now()).isEmpty)
        let later = clock.now() + .seconds(30)
        #expect(board.problems(at: later).map(\.problem) == ["\(path): no such file"])
        try LogWriter(path).write("first\n")
        #expect(await reading.lines(1) == ["first"])
        #expect(board["auth"]?.state == .following)
        #expect(board["auth"]?.bytesRead == 6)
    }

    @Test func `says that a folder is no file, and goes on when it is one`() async throws {
        mkdir(path, 0o700)
        let reading = Reading(follower(.beginning))
        while board.problems(at: .distantFuture).isEmpty { await Task.yield() }
        #expect(board.problems(at: .distantFuture).map(\.problem) == ["\(path): is not a regular file"])
        rmdir(path)
        try LogWriter(path).write("now\n")
        #expect(await reading.lines(1) == ["now"])
    }

    @Test func `ends promptly when cancelled, however long it would have waited`() async throws {
        _ = try LogWriter(path)
        let reading = Reading(follower(checkInterval: .seconds(3600)))
        await reading.next()
        #expect(await reading.stop() is CancellationError)
    }

    @Test func `waits for its reader before it reads on`() async throws {
        let log = try LogWriter(path)
        try log.write((0..<1000).map { "line \($0)\n" }.joined())
        var delivered = 0
        await #expect(throws: StopReading.self) {
            try await follower(.beginning, chunkSize: 100).run(from: nil) { chunk in
                delivered += 1
                if delivered == 3 { throw StopReading() }
            }
        }
        #expect(delivered == 3)
        #expect(try #require(board["auth"]).bytesRead <= 200)
    }

    @Test func `refuses a position of another kind`() async throws {
        await #expect(throws: SourceError(.wrongPosition, "")) {
            try await follower().run(from: .stream(bytesRead: 3)) { _ in }
        }
        #expect(board.problems(at: clock.now()).count == 1)
    }

    struct StopReading: Error {}
}
