import Foundation
import GRDB
import Riposte
import RiposteSQLite
import RiposteTesting
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `an SQLite store with faults under it` {
    @Test func `says that a file is damaged, and does not invent records`() async throws {
        let folder = try TemporaryFolder()
        let store = try await folder.openStore()
        let names = (0..<400).map { GuardStateName("g-\($0)") }
        let state = JSONValue.string(String(repeating: "x", count: 500))
        try await store.commit(WriteBatch(names.map { .putGuardState($0, state) }))
        try await store.close()
        try damage(folder.file)
        let error = await #expect(throws: StoreError.self) {
            let damaged = try await folder.openStore()
            for name in names {
                let found = try await damaged.guardState(name)
                #expect(found == state)
            }
        }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(folder.file) == true)
    }

    @Test func `says which record cannot be read`() async throws {
        let folder = try TemporaryFolder()
        let store = try await folder.openStore()
        try await store.commit(WriteBatch([.putGuardState("alice", 1), .putGuardState("bob", 2)]))
        try await folder.connection().write { try $0.execute(sql: "UPDATE guard_states SET payload = '{' WHERE name = 'alice'") }
        let error = await #expect(throws: StoreError.self) { try await store.guardState("alice") }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("guard_states") == true)
        #expect(try await store.guardState("bob") != nil)
    }

    /// Overwrites every page but the first three.
    private func damage(_ path: String) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try handle.seekToEnd()
        for page in stride(from: UInt64(3), to: size / 4096, by: 1) {
            try handle.seek(toOffset: page * 4096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 512))
        }
        try handle.close()
    }
}

#if canImport(Glibc)
/// A small file system of one's own; only root may mount one.
@Suite(.enabled(if: SmallFileSystem.isPossible, "needs the right to mount a tmpfs")) struct `an SQLite store on a small file system` {
    @Test func `says that the disk is full, loses nothing that it confirmed, and goes on when there is room`() async throws {
        let disk = try SmallFileSystem(kilobytes: 1024)
        let store = try await SQLiteStore.open(path: "\(disk.path)/riposte.db")
        try Data(count: 300_000).write(to: URL(fileURLWithPath: "\(disk.path)/ballast"))
        let (confirmed, error) = await fill(store)
        #expect(error?.code == .cannotWrite)
        #expect(error?.message.contains("\(disk.path)/riposte.db") == true)
        #expect(error?.message.contains("full") == true)
        #expect(confirmed > 0)
        #expect(try await store.sourceStates().count == confirmed, "after the failure")
        try FileManager.default.removeItem(atPath: "\(disk.path)/ballast")
        try await store.put("afterwards")
        #expect(try await store.sourceStates().count == confirmed + 1)
        try await store.close()
        let again = try await SQLiteStore.open(path: "\(disk.path)/riposte.db")
        #expect(try await again.sourceStates().count == confirmed + 1, "after opening it again")
        try await again.close()
    }

    @Test func `says that a full disk has no room for a new one`() async throws {
        let disk = try SmallFileSystem(kilobytes: 64)
        try? Data(count: 65_536).write(to: URL(fileURLWithPath: "\(disk.path)/ballast"))
        let error = await #expect(throws: StoreError.self) { try await SQLiteStore.open(path: "\(disk.path)/riposte.db") }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("full") == true)
    }

    @Test func `says that the file system is read-only`() async throws {
        let disk = try SmallFileSystem(kilobytes: 1024)
        try await SQLiteStore.open(path: "\(disk.path)/riposte.db").close()
        try disk.makeReadOnly()
        for name in ["riposte.db", "new.db"] {
            let error = await #expect(throws: StoreError.self) { try await SQLiteStore.open(path: "\(disk.path)/\(name)") }
            #expect(error?.code == .cannotOpen)
            #expect(error?.message.contains("read-only") == true)
        }
    }

    /// Writes until it fails: how many were confirmed, and why no more.
    private func fill(_ store: SQLiteStore) async -> (Int, StoreError?) {
        for number in 0..<1000 {
            do {
                try await store.put(SourceName("s\(number)"), .string(String(repeating: "x", count: 10_000)))
            } catch {
                return (number, error as? StoreError)
            }
        }
        return (1000, nil)
    }
}

/// A tmpfs that is mounted as long as the object is there.
final class SmallFileSystem: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    static let isPossible = (try? SmallFileSystem(kilobytes: 64)) != nil

    init(kilobytes: Int) throws {
        folder = try TemporaryFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { throw POSIXError(.EPERM) }
    }

    func makeReadOnly() throws {
        // A program that another test starts at this moment may hold a file of it for a moment.
        let end = ContinuousClock.now + .seconds(20)
        while mount("tmpfs", folder.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) != 0 {
            guard errno == EBUSY, ContinuousClock.now < end else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
            usleep(1000)
        }
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }
}
#endif
