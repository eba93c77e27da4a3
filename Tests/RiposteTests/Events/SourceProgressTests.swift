import Testing

@testable import Riposte

@Suite struct `the progress of a source` {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func at(_ offset: UInt64, inode: UInt64 = 7, older: [FilePosition] = []) -> SourcePosition {
        .file(file(offset, inode: inode), older: older)
    }

    private func file(_ offset: UInt64, inode: UInt64) -> FilePosition {
        FilePosition(device: 1, inode: inode, offset: offset, fingerprint: FileFingerprint("abc".utf8), modified: now)
    }

    private func progress() -> SourceProgress { SourceProgress(SourceState(window: .hours(24)), window: .hours(24)) }

    @Test func `is to be written as soon as it is known where the source stands, and then once a second`() {
        var progress = progress()
        #expect(!progress.isDue(at: now))
        progress.advance(to: at(10), lastEvent: nil)
        #expect(progress.isDue(at: now))
        progress.committed(at: now)
        progress.advance(to: at(20), lastEvent: now)
        #expect(!progress.isDue(at: now + .milliseconds(999)))
        #expect(progress.isDue(at: now + .seconds(1)))
    }

    @Test(arguments: [nil, 12 as UInt32]) func `is written as the tree of its Codable`(generation: UInt32?) throws {
        var progress = progress()
        var first = file(10, inode: 7)
        first.generation = generation
        let positions: [SourcePosition] = [
            .beginning, .file(first, older: [first]), .file(file(20, inode: .max), older: []), .stream(bytesRead: 3),
        ]
        for position in positions {
            progress.advance(to: position, lastEvent: now + .milliseconds(1500))
            #expect(try progress.state.json == JSONValue(json: RecordCoding.text(of: progress.state)))
        }
        #expect(try SourceState(window: .hours(1)).json == JSONValue(json: RecordCoding.text(of: SourceState(window: .hours(1)))))
    }

    @Test func `marks the position before the first event`() {
        var progress = progress()
        progress.advance(to: at(10), lastEvent: nil)
        progress.advance(to: at(20), lastEvent: now)
        #expect(progress.state.history.position(before: now) == at(10))
    }

    @Test func `marks the first byte of a file that came after the start`() {
        var progress = progress()
        progress.advance(to: .beginning, lastEvent: nil)
        progress.advance(to: at(20), lastEvent: now)
        #expect(progress.state.history.position(before: now) == at(0))
    }

    @Test func `marks the first byte of the oldest file where it was rotated at once`() {
        var progress = progress()
        progress.advance(to: .beginning, lastEvent: nil)
        progress.advance(to: at(20, inode: 8, older: [file(30, inode: 7)]), lastEvent: now)
        #expect(progress.state.history.position(before: now) == at(0))
    }
}
