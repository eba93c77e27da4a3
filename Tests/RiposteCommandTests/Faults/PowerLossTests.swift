import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The file system is shut down at once, without its journal being written: what was not on disk is gone, as when the power
/// fails.
@Suite(.enabled("needs root, and a loop device to mount") { await LoopDisk.isPossible() })
struct `a loss of power` {
    private let workplace: Workplace
    private let disk: LoopDisk

    init() async throws {
        workplace = try Workplace(Workplace.settingsOnDisk)
        disk = try await LoopDisk(in: workplace)
    }

    @Test func `takes what nobody has asked to be on disk`() async throws {
        try AttackLog(disk.path + "/unsynced").fail(Attacker(number: 1))
        try LoopDisk.cutPower(at: disk.path)
        try await disk.unmount()
        try await disk.mount()
        #expect(access(disk.path + "/unsynced", F_OK) != 0, "this file system loses nothing, so the other tests prove nothing")
    }

    @Test func `leaves all of 500 writes that the store has acknowledged`() async throws {
        let (folder, file): (String, String) = (disk.path, disk.path + "/riposte.db")
        await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String, file = file as String] in
            let store = try await SQLiteStore.open(path: file)
            for number in 0..<500 { try await store.commit(WriteBatch([.putSourceState(SourceName("s\(number)"), 1)])) }
            try LoopDisk.cutPower(at: folder)
            exit(7)
        }
        try await disk.unmount()
        try await disk.mount()
        let store = try await SQLiteStore.open(path: file)
        #expect(try await store.sourceStates().count == 500)
        try await store.close()
        try await disk.unmount()
    }

    @Test func `is not taken for a damaged store while the disk is away`() async throws {
        let file = disk.path + "/riposte.db"
        try await SQLiteStore.open(path: file).close()
        try LoopDisk.cutPower(at: disk.path)
        let error = try await #require(throws: StoreError.self) { try await SQLiteStore.open(path: file) }
        #expect(error.code == .cannotOpen && error.message.contains("the disk reports an error"), "\(error)")
        try await disk.unmount()
    }

    @Test func `leaves every decision that a command or the daemon has acknowledged`() async throws {
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        let attackers = (1...5).map(Attacker.init)
        for attacker in attackers { try log.fail(attacker, times: 5) }
        for attacker in attackers { try await workplace.waitForBan(of: attacker) }
        var acknowledged = attackers.map(\.address)
        for number in 1...10 where try await workplace.riposte("decision", "add", "203.0.113.\(number)").code == 0 {
            acknowledged.append("203.0.113.\(number)")
        }
        #expect(acknowledged.count == 15)
        try LoopDisk.cutPower(at: disk.path)
        try await daemon.kill()
        try await disk.unmount()
        try await disk.mount()
        let next = try await workplace.serve()
        #expect(Set(try await workplace.banned()) == Set(acknowledged))
        // Where the log stood may have been written or not; nobody is found twice either way.
        try log.fail(Attacker(number: 6), times: 5)
        try await workplace.waitForBan(of: Attacker(number: 6))
        let found = try await workplace.riposte("incident", "list", "--output", "ndjson").records().filter { $0["detector"] != "" }
        #expect(found.count == 6)
        #expect(try await next.terminate() == 0)
        try await disk.unmount()
    }
}
