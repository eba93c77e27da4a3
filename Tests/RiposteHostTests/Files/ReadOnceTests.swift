import Glibc
import Riposte
import RiposteHost
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `a source that is read once` {
    let folder = TemporaryFolder()
    let board = SourceHealthBoard()
    var path: String { folder / "old.log" }

    func file(chunkSize: Int = 1024) -> FinishedFileSource {
        FinishedFileSource(path: path, name: "file", chunkSize: chunkSize, health: board, clock: SteppedClock())
    }

    @Test func `gives a whole file, the last line without an end too`() async throws {
        let expected = (0..<1000).map { "line \($0)" }
        try LogWriter(path).write(expected.joined(separator: "\n"))
        let reading = Reading(file())
        #expect(try await reading.finish() == expected)
        #expect(reading.chunks.dropLast().allSatisfy { $0.bytes.last == 0x0A })
        #expect(reading.chunks.last?.isCaughtUp == true)
        #expect(board["file"]?.state == .finished)
        #expect(board["file"]?.bytesRead == UInt64(expected.joined(separator: "\n").utf8.count))
    }

    @Test func `goes on behind each position it told`() async throws {
        let expected = (0..<200).map { "line \($0)" }
        try LogWriter(path).write(expected.map { $0 + "\n" }.joined())
        let reading = Reading(file(chunkSize: 300))
        _ = try await reading.finish()
        var before = 0
        for chunk in reading.chunks {
            before += texts(in: chunk.bytes).count
            #expect(try await Reading(file(), from: chunk.position).finish() == Array(expected[before...]))
        }
    }

    @Test func `gives an empty file as no line`() async throws {
        _ = try LogWriter(path)
        #expect(try await Reading(file()).finish() == [])
    }

    @Test func `refuses a compressed file and says how to unpack it`() async throws {
        try writeBytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], to: path)
        let error = await #expect(throws: SourceError.self) { _ = try await Reading(file()).finish() }
        #expect(error?.message == "\(path): is compressed with gzip; unpack it first (gzip -dk \(path))")
        #expect(board["file"]?.state == .failed(reason: error?.message ?? ""))
    }

    @Test func `says that a file is not there`() async throws {
        let error = await #expect(throws: SourceError.self) { _ = try await Reading(file()).finish() }
        #expect(error?.code == .notFound)
        #expect(error?.message == "\(path): no such file")
    }

    @Test func `reads a pipe to its end, and counts on from a position`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let source = try FileDescriptorSource(ends[0], name: "stdin", health: board, clock: SteppedClock())
        close(ends[0])
        let reading = Reading(source, from: .stream(bytesRead: 100))
        #expect(write(ends[1], "one\ntw", 6) == 6)
        #expect(await reading.lines(1) == ["one"])
        #expect(reading.position == .stream(bytesRead: 104))
        #expect(write(ends[1], "o", 1) == 1)
        close(ends[1])
        #expect(try await reading.finish() == ["one", "two"])
        #expect(reading.position == .stream(bytesRead: 107))
    }

    @Test func `stops waiting for a silent pipe when cancelled`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let reading = Reading(try FileDescriptorSource(ends[0], name: "stdin", health: board, clock: SteppedClock()))
        #expect(write(ends[1], "one\n", 4) == 4)
        _ = await reading.lines(1)
        #expect(await reading.stop() is CancellationError)
        close(ends[0])
        close(ends[1])
    }

    @Test func `refuses a descriptor that is not open`() {
        #expect(throws: SourceError(.system, "")) { try FileDescriptorSource(-1, name: "stdin", health: board) }
    }
}

@Suite struct `this machine's own addresses` {
    @Test func `hold the loopback address`() throws {
        let addresses = try OwnAddresses.current()
        #expect(addresses.contains(IPAddress(v4: 0x7F00_0001)))
        #expect(addresses.filter(\.isLoopback).allSatisfy { $0.isV4 || $0.low == 1 })
    }
}
