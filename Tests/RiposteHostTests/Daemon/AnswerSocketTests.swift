import Glibc
import Synchronization
import Testing

@testable import RiposteHost

/// Who listens, until the object is gone.
private final class Listening {
    private let task: Task<Void, any Error>

    init(beside file: String, _ answer: @escaping @Sendable () -> [UInt8]) throws {
        let socket = try AnswerSocket(beside: file)
        task = Task { try await socket.serve(answer) }
    }

    func end() async {
        task.cancel()
        _ = await task.result
    }
}

@Suite struct `a socket beside a file` {
    private let folder = TemporaryFolder()

    private func ask(_ file: String) async throws -> String? {
        try await AnswerSocket.ask(beside: file, within: .seconds(30)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `tells everybody who asks, as it is then`() async throws {
        let file = folder / "store.db"
        let count = Mutex(0)
        let listening = try Listening(beside: file) {
            count.withLock {
                $0 += 1
                return Array("answer \($0)".utf8)
            }
        }
        #expect(try await ask(file) == "answer 1")
        #expect(try await ask(file) == "answer 2")
        await listening.end()
    }

    @Test func `tells what is longer than a socket holds`() async throws {
        let file = folder / "store.db"
        let listening = try Listening(beside: file) { [UInt8](repeating: 0x61, count: 3_000_000) }
        #expect(try await AnswerSocket.ask(beside: file, within: .seconds(30))?.count == 3_000_000)
        await listening.end()
    }

    @Test func `is its owner's alone from the first moment`() async throws {
        let file = folder / "store.db"
        let socket = try AnswerSocket(beside: file)
        var status = stat()
        #expect(lstat(file + ".sock", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        withExtendedLifetime(socket) {}
    }

    @Test func `is gone when nobody listens any more`() async throws {
        let file = folder / "store.db"
        let listening = try Listening(beside: file) { [] }
        await listening.end()
        #expect(try await ask(file) == nil)
        #expect(try folder.names() == [])
    }

    @Test func `takes the place of one that a killed process has left, and leaves another's alone`() async throws {
        let file = folder / "store.db"
        let old = try AnswerSocket(beside: file)
        let listening = try Listening(beside: file) { Array("new".utf8) }
        withExtendedLifetime(old) {}
        _ = consume old
        #expect(try await ask(file) == "new")
        await listening.end()
    }

    @Test func `says that nobody answers`() async throws {
        let file = folder / "store.db"
        let silent = try AnswerSocket(beside: file)
        let error = await #expect(throws: (any Error).self) { try await AnswerSocket.ask(beside: file, within: .milliseconds(20)) }
        #expect("\(try #require(error))".contains("store.db.sock"))
        withExtendedLifetime(silent) {}
    }

    @Test func `can be beside a file whose path and name are longer than an address`() async throws {
        var folders: [String] = []
        var path = folder.path
        for _ in 0..<3 {
            path += "/" + String(repeating: "d", count: 80)
            #expect(mkdir(path, 0o700) == 0)
            folders.append(path)
        }
        for name in ["store.db", String(repeating: "s", count: 200)] {
            let listening = try Listening(beside: path + "/" + name) { Array("far away".utf8) }
            #expect(try await ask(path + "/" + name) == "far away")
            await listening.end()
        }
        for path in folders.reversed() { #expect(rmdir(path) == 0, "something is left in \(path)") }
    }
}
