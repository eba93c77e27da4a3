import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.serialized) struct `a store that makes trouble` {
    @Test(arguments: [["serve"], ["incident", "list"], ["decision", "add", "203.0.113.9"]])
    func `a folder that does not exist is said at start`(command: [String]) async throws {
        let outcome = try await Workplace("store: /nowhere/riposte.db\nshipped_playbooks: none\n").run(Program.path, command)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("cannot open “/nowhere/riposte.db”: the folder “/nowhere” does not exist"), "\(outcome.errors)")
    }

    @Test(arguments: [["serve"], ["incident", "list"], ["decision", "add", "203.0.113.9"]])
    func `a file that is no database is said at start and left as it is`(command: [String]) async throws {
        let workplace = try Workplace("store: junk.db\nshipped_playbooks: none\n")
        let junk = String(repeating: "this is no database\n", count: 100)
        try workplace.write(junk, to: "junk.db")
        let outcome = try await workplace.run(Program.path, command)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("junk.db” is not an SQLite database. Name another file, or move this one away"))
        #expect(try workplace.read("junk.db") == junk)
    }

    @Test(arguments: [["serve"], ["incident", "list"], ["decision", "add", "203.0.113.9"]])
    func `a store that may not be written is said at start`(command: [String]) async throws {
        let workplace = try Workplace("store: data/riposte.db\nshipped_playbooks: none\n")
        #expect(mkdir(workplace / "data", 0o755) == 0)
        #expect(try await workplace.riposte("incident", "list").code == 0)
        #expect(chmod(workplace / "data/riposte.db", 0o444) == 0)
        #expect(chmod(workplace / "data", 0o555) == 0)
        defer { chmod(workplace / "data", 0o755) }
        let outcome = try await workplace.unprivileged(command)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("riposte.db”: no permission. Run as the user who owns it"), "\(outcome.errors)")
    }

    @Test func `a second daemon is turned away and told who holds the store`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        let second = try await workplace.riposte("serve")
        #expect(second.code == 1)
        #expect(second.errors.contains("the store is held by the daemon with process \(daemon.child.process) on "), "\(second.errors)")
        #expect(daemon.child.exitCode == nil)
        #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
        #expect(try await daemon.terminate() == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a daemon that is asked to end ends cleanly with 0, and the next one starts at once`(signal: Int32) async throws {
        let workplace = try Workplace()
        for _ in 0..<2 {
            let daemon = try await workplace.serve()
            daemon.child.send(signal)
            #expect(try await daemon.child.end() == 0, "\(daemon.said)")
        }
    }

    @Test func `a daemon whose terminal closes, or that is told to read its configuration again, goes on and says so`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        daemon.child.send(SIGHUP)
        try await until("it says so") { daemon.said.contains("to read it again, restart the daemon") ? true : nil }
        #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `after kill -9 of the daemon, commands and the next daemon need not wait for its lease`() async throws {
        let workplace = try Workplace()
        for round in 0..<3 {
            let daemon = try await workplace.serve()
            try await daemon.kill()
            let started = ContinuousClock.now
            let outcome = try await workplace.riposte("decision", "add", "203.0.113.\(round + 1)")
            #expect(outcome.code == 0, "\(outcome.all)")
            // The lease is for 10 s; not waiting for it shows even on a slow machine.
            #expect(ContinuousClock.now - started < .seconds(8))
        }
        #expect(try await workplace.banned().count == 3)
    }

    @Test func `a command whose daemon stands still does it itself, and the daemon then steps back`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        try await daemon.standStill()
        let outcome = try await workplace.riposte("decision", "add", "203.0.113.9")
        #expect(outcome.code == 0, "\(outcome.all)")
        daemon.child.send(SIGCONT)
        #expect(try await daemon.child.end() == 1)
        #expect(daemon.said.contains("stood still for so long that another one took the store over"), "\(daemon.said)")
        #expect(!daemon.said.contains("CancellationError"), "being ended is no error: \(daemon.said)")
        #expect(try await workplace.banned() == ["203.0.113.9"])
    }

    @Test func `a command that waits for a daemon does it itself when the daemon is killed`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        try await daemon.standStill()
        let command = try workplace.startDetached(["decision", "add", "203.0.113.9"], name: "add")
        // The daemon cannot answer, so the request is there to be seen before it is killed.
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        try await until("the daemon is asked") { try await store.openRequests().isEmpty ? nil : true }
        let started = ContinuousClock.now
        try await daemon.kill()
        #expect(try await command.end() == 0)
        #expect(ContinuousClock.now - started < .seconds(8))
        #expect(try await store.openRequests().isEmpty)
        try await store.close()
        #expect(try await workplace.banned() == ["203.0.113.9"])
        #expect(try await workplace.riposte("incident", "list", "-o", "ndjson").records().count == 1)
    }

    @Test func `commands at the same time, without a daemon, all get done`() async throws {
        let workplace = try Workplace()
        #expect(try await workplace.riposte("incident", "list").code == 0)
        let children = try (1...6).map { try workplace.startDetached(["decision", "add", "203.0.113.\($0)"], name: "add-\($0)") }
        for child in children { #expect(try await child.end() == 0) }
        #expect(try await workplace.banned().count == 6)
    }
}
