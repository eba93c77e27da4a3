import Glibc
import Riposte
import RiposteHost
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `a follower that is started again` {
    let folder = TemporaryFolder()
    let board = SourceHealthBoard()
    var path: String { folder / "auth.log" }

    func follower() -> FileFollower {
        FileFollower(
            path: path, name: "auth", configuration: .init(startAt: .beginning, checkInterval: .milliseconds(20)), health: board,
            clock: SteppedClock())
    }

    /// Lines long enough for the file to be recognised by what it begins with.
    func line(_ number: Int) -> String { "Nov 21 07:00:00 host sshd[\(number)]: Failed password for root" }

    func write(_ numbers: ClosedRange<Int>, to log: LogWriter) throws {
        for number in numbers { try log.write(line(number) + "\n") }
    }

    /// Follows until `count` lines have come, and gives the position as it would be read from the store.
    func positionAfter(_ count: Int, from position: SourcePosition? = nil) async throws -> SourcePosition {
        let reading = Reading(follower(), from: position)
        _ = await reading.lines(count)
        await reading.stop()
        let stored = try JSON.encode(try #require(reading.position))
        return try JSON.decode(SourcePosition.self, from: stored)
    }

    @Test func `goes on where it was`() async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        let position = try await positionAfter(3)
        try write(4...5, to: log)
        #expect(await Reading(follower(), from: position).lines(2) == [line(4), line(5)])
    }

    @Test func `delivers its position at once when nothing is new`() async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        let position = try await positionAfter(3)
        let reading = Reading(follower(), from: position)
        await reading.next()
        #expect(reading.position == position)
        #expect(reading.chunks.first?.isCaughtUp == true)
    }

    @Test(arguments: [[".1", ".2", ".3"], ["-20261119", "-20261120", "-20261121"]])
    func `reads the rest of the rotated file, those between, and the new one`(_ endings: [String]) async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        let position = try await positionAfter(2)
        let isDated = endings[0].hasPrefix("-")
        let oldestFirst = isDated ? endings : endings.reversed()
        for (index, ending) in oldestFirst.enumerated() {
            try rename(path, to: path + ending)
            let next = try LogWriter(path)
            try write((4 + index * 2)...(5 + index * 2), to: next)
        }
        let reading = Reading(follower(), from: position)
        let read = await reading.lines(through: line(9))
        let before = 9 - read.count  // stopped behind 2 or 3, as it came
        #expect(read == (before + 1...9).map(line))
        #expect(board["auth"]?.missedBytes == 0)
    }

    @Test func `reads the rest from the copy when the file was copied and cut meanwhile`() async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        let position = try await positionAfter(3)
        try write(4...5, to: log)
        try copy(path, to: path + ".1")
        try log.truncate()
        try write(6...6, to: log)
        #expect(await Reading(follower(), from: position).lines(3) == [line(4), line(5), line(6)])
    }

    @Test func `goes on with the rotated file that was still written to`() async throws {
        let old = try LogWriter(path)
        try write(1...2, to: old)
        let reading = Reading(follower())
        _ = await reading.lines(2)
        try rename(path, to: path + ".1")
        let new = try LogWriter(path)
        try write(3...3, to: new)
        _ = await reading.lines(3)
        await reading.stop()
        try write(4...4, to: old)
        try write(5...5, to: new)
        #expect(await Reading(follower(), from: reading.position).lines(2) == [line(4), line(5)])
    }

    @Test func `does not take another file with the same inode for its own`() async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        let position = try await positionAfter(3)
        try log.truncate()
        try write(11...15, to: log)
        #expect(await Reading(follower(), from: position).lines(5) == (11...15).map(line))
    }

    @Test func `reads what came between when the inode of an empty log was given to the new one`() async throws {
        _ = try LogWriter(path)
        let reading = Reading(follower())
        await reading.next()
        await reading.stop()
        guard case .file(var place, _) = reading.position else { throw TemporaryFolder.Failure("position") }
        guard let generation = place.generation else { try Test.cancel("This file system tells no generations.") }
        unlink(path)
        try write(1...2, to: LogWriter(path))
        setModified(path, seconds: 1)
        try rename(path, to: path + ".1")
        try write(3...3, to: LogWriter(path))
        guard case .file(let new, _) = try await positionAfter(1, from: .beginning) else { throw TemporaryFolder.Failure("position") }
        #expect(new.generation != generation)
        place.inode = new.inode
        #expect(await Reading(follower(), from: .file(place, older: [])).lines(through: line(3)) == (1...3).map(line))
    }

    @Test func `says how much may be missing when the rotated file was compressed`() async throws {
        let log = try LogWriter(path)
        try write(1...3, to: log)
        guard case .file(let place, _) = try await positionAfter(3) else { throw TemporaryFolder.Failure("position") }
        try rename(path, to: path + ".2")
        unlink(path + ".2")
        // Only the last four bytes of a gzip file matter here: the unpacked size.
        let unpacked = UInt32(place.offset) + 70
        let tail = (0..<4).map { UInt8(truncatingIfNeeded: unpacked >> UInt32($0 * 8)) }
        try writeBytes(Array(repeating: 0, count: 30) + tail, to: path + ".2.gz")
        setModified(path + ".2.gz", seconds: 1)
        let between = try LogWriter(path + ".1")
        try write(5...5, to: between)
        setModified(path + ".1", seconds: 2)
        try write(6...6, to: LogWriter(path))
        let reading = Reading(follower(), from: .file(place, older: []))
        #expect(await reading.lines(2) == [line(5), line(6)])
        #expect(board["auth"]?.missedBytes == 70)
        #expect(board["auth"]?.notice?.contains("at least 70 bytes") == true)
    }

    @Test func `reads a file from its beginning that came while it was down`() async throws {
        try write(1...2, to: LogWriter(path))
        #expect(await Reading(follower(), from: .beginning).lines(2) == [line(1), line(2)])
    }

    @Test func `reads a stretch again, across a rotation, and nothing that is still new`() async throws {
        let old = try LogWriter(path)
        try write(1...4, to: old)
        let reading = Reading(follower())
        _ = await reading.lines(4)
        await reading.stop()
        let mark = try #require(reading.chunks.first?.position)
        try rename(path, to: path + ".1")
        let new = try LogWriter(path)
        try write(5...6, to: new)
        let position = try await positionAfter(2, from: reading.position)
        try write(7...8, to: new)
        try write(9...9, to: old)
        #expect(try await reread(follower(), from: mark, upTo: position) == (1...6).map(line))
        #expect(Set(await Reading(follower(), from: position).lines(3)) == Set([line(7), line(8), line(9)]))
    }

    @Test func `reads what is left of a stretch, and says so, when the older file is gone`() async throws {
        try write(1...2, to: LogWriter(path))
        let mark = try await positionAfter(1)
        try rename(path, to: path + ".1")
        let new = try LogWriter(path)
        try write(3...4, to: new)
        let position = try await positionAfter(2, from: mark)
        unlink(path + ".1")
        #expect(try await reread(follower(), from: mark, upTo: position) == [line(3), line(4)])
        #expect(board["auth"]?.notice?.contains("the detectors begin with less") == true)
    }
}
