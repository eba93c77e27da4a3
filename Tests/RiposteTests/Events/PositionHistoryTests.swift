import FoundationEssentials
import Riposte
import Testing

@Suite struct `the history of a source's positions` {
    func at(_ bytes: Int64) -> SourcePosition { .stream(bytesRead: UInt64(bytes)) }

    @Test func `tells the last position before a time`() {
        var history = PositionHistory(window: .hours(1))
        for minute in 0..<10 as Range<Int64> { history.note(Timestamp(seconds: minute * 60), at: at(minute)) }
        #expect(history.position(before: Timestamp(seconds: 300)) == at(5))
        #expect(history.position(before: Timestamp(seconds: 299)) == at(4))
        #expect(history.position(before: .distantFuture) == at(9))
        #expect(history.position(before: .distantPast) == at(0))
    }

    @Test func `is empty at first`() {
        #expect(PositionHistory(window: .hours(1)).position(before: .distantFuture) == nil)
    }

    @Test func `sets a mark a minute at most, and says when it does`() {
        var history = PositionHistory(window: .hours(1))
        let times: [Int64] = [0, 59, -100, 60]
        var answers: [Bool] = []
        for (index, time) in times.enumerated() { answers.append(history.note(Timestamp(seconds: time), at: at(Int64(index)))) }
        #expect(answers == [true, false, false, true])
        #expect(history.marks.map(\.position) == [at(0), at(3)])
    }

    @Test(arguments: [0, 1, 24, 24 * 7])
    func `stays small and reaches back over its window`(hours: Int) throws {
        var history = PositionHistory(window: .hours(hours))
        for second in stride(from: 0, to: 14 * 24 * 3600 as Int64, by: 10) { history.note(Timestamp(seconds: second), at: at(second)) }
        #expect(history.marks.count <= PositionHistory.marksInWindow + 2)
        let last = try #require(history.marks.last)
        let first = try #require(history.position(before: last.time - .hours(hours)))
        #expect(history.marks[0].position == first)
        #expect(history.marks[0].time <= last.time - .hours(hours))
    }

    @Test func `is the same after it was stored`() throws {
        var history = PositionHistory(window: .hours(24))
        let file = FilePosition(
            device: 1, inode: .max, offset: 7, fingerprint: FileFingerprint("abcdefg".utf8), modified: Timestamp(microseconds: 1))
        history.note(Timestamp(seconds: 0), at: .file(file, older: [file]))
        history.note(Timestamp(seconds: 1000), at: .journal(.init(cursor: "s=1", realtime: Timestamp(seconds: 9))))
        history.note(Timestamp(seconds: 2000), at: .beginning)
        history.note(Timestamp(seconds: 3000), at: at(4))
        #expect(history.marks.count == 4)
        #expect(try JSONDecoder().decode(PositionHistory.self, from: JSONEncoder().encode(history)) == history)
    }

    @Test func `refuses a position of no known kind`() {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SourcePosition.self, from: Data(#"{"tape":1}"#.utf8)) }
    }
}

@Suite struct `a file's fingerprint` {
    @Test func `fits the file as it grows, and no other`() {
        let fingerprint = FileFingerprint("abc".utf8)
        #expect(fingerprint.fits(Array("abc".utf8)))
        #expect(fingerprint.fits(Array("abcdef".utf8)))
        #expect(!fingerprint.fits(Array("ab".utf8)))
        #expect(!fingerprint.fits(Array("abd".utf8)))
        #expect(FileFingerprint([]).fits(Array("x".utf8)))
    }

    @Test func `covers 256 bytes`() {
        let long = Array(repeating: 7 as UInt8, count: 300)
        #expect(FileFingerprint(long).length == 256)
        #expect(FileFingerprint(long).fits(long.prefix(256) + [9]))
    }

    @Test func `fits nothing when what was stored is nonsense`() throws {
        for length in [-1, 257, Int.max] {
            let stored = Data(#"{"length":\#(length),"hash":"0"}"#.utf8)
            #expect(try !JSONDecoder().decode(FileFingerprint.self, from: stored).fits(Array(repeating: 0, count: 300)))
        }
    }
}

@Suite struct `a source's health` {
    @Test func `is a problem when it has waited for half a minute`() {
        let start = Timestamp(seconds: 100)
        let health = SourceHealth(state: .waiting(since: start, reason: "no such file"))
        #expect(health.problem(at: start + .milliseconds(29_999)) == nil)
        #expect(health.problem(at: start + .seconds(30)) == "no such file")
        #expect(SourceHealth(state: .finished).problem(at: .distantFuture) == nil)
    }

    @Test func `is kept for each source`() {
        let board = SourceHealthBoard()
        board.update("b") { $0.state = .failed(reason: "broken") }
        board.update("a") { $0.bytesRead += 3 }
        #expect(board["a"]?.bytesRead == 3)
        #expect(board["c"] == nil)
        #expect(board.problems(at: .distantPast).map(\.source) == ["b"])
    }
}
