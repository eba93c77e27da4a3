import Foundation
import GRDB
import Riposte
import RiposteSQLite
import Testing

@Suite struct `opening an SQLite store` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `creates a file that only its owner can read`() async throws {
        let store = try await folder.openStore()
        try await store.put("s")
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "riposte.db\(suffix)")
        }
        try await store.close()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `made by root belongs to the user whose folder it lies in, as the files beside it do`() async throws {
        try #require(chown(folder.path, 12_345, 12_346) == 0)
        let store = try await folder.openStore()
        try await store.put("s")
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file + suffix)
            #expect(attributes[.ownerAccountID] as? Int == 12_345 && attributes[.groupOwnerAccountID] as? Int == 12_346, "\(suffix)")
        }
        try await store.close()
    }

    @Test func `takes an empty file that is there`() async throws {
        try Data().write(to: URL(fileURLWithPath: folder.file))
        let store = try await folder.openStore()
        try await store.put("s")
        #expect(try await store.sourceStates() == ["s": 1])
    }

    @Test func `says what to do where the folder is missing`() async throws {
        let error = await failure("\(folder.path)/missing/riposte.db")
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("the folder “\(folder.path)/missing” does not exist") == true)
    }

    @Test func `says what to do where the path is a directory`() async throws {
        let error = await failure(folder.path)
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("is a directory. Name a file in it") == true)
    }

    @Test func `refuses an empty path, a file that is no folder, and a device`() async throws {
        for path in ["", "/dev/null", "\(folder.path)\0/x"] { #expect(await failure(path)?.code == .cannotOpen) }
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file))
        #expect(await failure("\(folder.file)/riposte.db")?.message.contains("is not a folder") == true)
    }

    @Test(arguments: ["hello", String(repeating: "not a database ", count: 1000), "SQLite format 3\0 and then nonsense"])
    func `refuses a file that is not a database, and leaves it alone`(_ text: String) async throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file))
        #expect(await failure(folder.file)?.code == .cannotOpen)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file)) == Data(text.utf8))
    }

    @Test func `refuses another program's database, and leaves it alone`() async throws {
        let other = try folder.connection()
        try await other.write { try $0.execute(sql: "CREATE TABLE customers (id INTEGER)") }
        let error = await failure(folder.file)
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("another program") == true)
        #expect(try await other.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    }

    @Test func `refuses what a newer version has written`() async throws {
        try await folder.openStore().close()
        try await folder.connection().write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
        #expect(await failure(folder.file)?.code == .tooNew)
    }

    @Test func `by many at once gives each a store`() async throws {
        let path = folder.file
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let store = try await SQLiteStore.open(path: path)
                    try await store.put(SourceName("s\(number)"))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await folder.openStore().sourceStates().count == 8)
    }

    @Test func `after a crash finds what was committed`() async throws {
        let store = try await folder.openStore()
        for number in 0..<50 { try await store.put(SourceName("s\(number)")) }
        // What is on disk now, WAL and all, is what a killed process leaves.
        let copy = try TemporaryFolder()
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: folder.file + suffix, toPath: copy.file + suffix) }
        #expect(try await copy.openStore().sourceStates().count == 50)
    }

    private func failure(_ path: String) async -> StoreError? {
        do {
            _ = try await SQLiteStore.open(path: path)
            return nil
        } catch {
            return error as? StoreError
        }
    }
}
