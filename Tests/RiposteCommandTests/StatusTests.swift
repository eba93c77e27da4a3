import Riposte
import RiposteSQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.serialized) struct `the status` {
    @Test func `says that no daemon runs, and whether the store can be written`() async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.riposte("status")
        #expect(outcome.code == 1)
        #expect(outcome.output.hasPrefix("not ready\n  engine: no daemon runs on this store"), "\(outcome.all)")
        #expect(!outcome.output.contains("  store: "), "\(outcome.all)")
        let nowhere = try await Workplace("store: /nowhere/riposte.db\n").riposte("status")
        #expect(nowhere.code == 1)
        #expect(nowhere.output.contains("  store: cannot open “/nowhere/riposte.db”: the folder “/nowhere” does not exist"))
    }

    @Test func `tells how a daemon is doing`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try log.fail(Attacker(number: 1), times: 5)
        try await workplace.waitForBan(of: Attacker(number: 1))
        let outcome = try await workplace.riposte("status")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("ready\n"), "\(outcome.all)")
        #expect(outcome.output.contains("the daemon with process \(daemon.child.process) on "), "\(outcome.all)")
        let (code, report) = try await workplace.status()
        #expect(code == 0)
        #expect(report["readiness"]?["state"] == "ready")
        #expect(report["counts"]?["decisions"] == 1)
        #expect(report["counts"]?["openIncidents"] == 1)
        #expect("\(report["sources"] ?? .null)".contains("\"following\""))
        #expect(try await daemon.terminate() == 0)
        #expect(try await workplace.status().code == 1)
        #expect(try !workplace.names.contains("riposte.db.sock"))
    }

    @Test func `says that a daemon stands still`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        daemon.child.send(SIGSTOP)
        let outcome = try await workplace.riposte("status")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("the daemon does not say how it is doing, so it stands still"), "\(outcome.all)")
        #expect(outcome.output.contains("the daemon with process \(daemon.child.process) on "), "\(outcome.all)")
        daemon.child.send(SIGCONT)
        #expect(try await workplace.status().code == 0)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `is told by the daemon that was started after one was killed`() async throws {
        let workplace = try Workplace()
        try await workplace.serve().kill()
        #expect(try await workplace.status().code == 1)
        let daemon = try await workplace.serve()
        #expect(try await workplace.status().code == 0)
        #expect(try await daemon.terminate() == 0)
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to become somebody else"))
    func `is not told to other users, whatever the socket's mode`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        for file in ["", "/riposte.db", "/riposte.db-wal", "/riposte.db-shm", "/riposte.db.sock"] {
            #expect(chmod(workplace.path + file, 0o777) == 0)
        }
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", Program.path, "status", "--output", "ndjson"]
        let outcome = try await workplace.run("/usr/bin/setpriv", words)
        #expect(outcome.code == 1, "\(outcome.all)")
        #expect(outcome.output.contains("does not listen") && !outcome.output.contains("counts"), "\(outcome.all)")
        #expect(try await workplace.status().code == 0)
        #expect(try await daemon.terminate() == 0)
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to become somebody else"))
    func `tells those who may not look that it cannot tell who works, and not that nobody does`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        #expect(chmod(workplace.path, 0o755) == 0 && chmod(workplace / "riposte.yaml", 0o644) == 0)
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", Program.path, "status"]
        let outcome = try await workplace.run("/usr/bin/setpriv", words)
        #expect(outcome.code == 1, "\(outcome.all)")
        #expect(outcome.output.contains("held by  not known: cannot open"), "\(outcome.all)")
        #expect(try await daemon.terminate() == 0)
    }

    @Test(.enabled(if: Namespaces.arePossible, "needs root, and the right to make namespaces"))
    func `tells what was off with an enforcer as something that is over`() async throws {
        let workplace = try Workplace("store: riposte.db\nshipped_playbooks: none\nenforcers: {firewall: {type: nftables}}\n")
        let script = """
            "$RIPOSTE" serve 2> log & daemon=$!
            for _ in $(seq 200); do grep -q " serving " log && break; sleep 0.05; done
            "$RIPOSTE" status; kill $daemon; wait $daemon
            """
        let outcome = try await workplace.run(
            "/usr/bin/unshare", ["--net", "/bin/bash", "-c", script], environment: ["RIPOSTE": Program.path])
        let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("firewall") }, "\(outcome.all)")
        #expect(line.contains(/^firewall +enforced +\d+s ago, with 0 decisions +put right \d+s ago: there was no table$/), "\(line)")
    }

    @Test func `is told to systemd: ready, alive, stopping`() async throws {
        let workplace = try Workplace()
        let manager = try NotifySocket(workplace / "notify")
        let daemon = try await workplace.serve(
            environment: ["NOTIFY_SOCKET": workplace / "notify", "WATCHDOG_USEC": "200000"])
        try await manager.wait(for: "READY=1\nSTATUS=ready")
        try await manager.wait(for: "WATCHDOG=1")
        #expect(try await daemon.terminate() == 0)
        try await manager.wait(for: "STOPPING=1")
    }
}

@Suite(.serialized) struct `two on one store` {
    @Test func `a daemon takes a lease that nobody renews although it ends tomorrow, as after a clock was set back`() async throws {
        let workplace = try Workplace()
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let now = SystemClock().now()
        _ = try #require(try await store.acquireLease(holder: "gone/1/77/5/daemon", until: now + .hours(24), now: now))
        let daemon = try await workplace.serve()
        #expect(daemon.said.contains("held by the daemon with process 77 on gone"), "\(daemon.said)")
        try await store.close()
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
    }

    @Test func `a daemon leaves a lease alone that is renewed elsewhere, however far ahead the clock there is`() async throws {
        let workplace = try Workplace()
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let clock = SystemClock()
        let fence = try #require(
            try await store.acquireLease(holder: "far/1/77/5/daemon", until: clock.now() + .hours(24), now: clock.now()))
        let child = try workplace.startServing()
        while child.exitCode == nil {
            let now = clock.now()
            #expect(try await store.acquireLease(holder: "far/1/77/5/daemon", until: now + .hours(24), now: now) == fence)
            try await clock.sleep(until: now + .seconds(1))
        }
        #expect(child.exitCode == 1)
        try await store.close()
    }

    /// As after a full disk: the lease ran out, because it could not be renewed.
    @Test func `a command does not take the store from a daemon that lives and is about to renew its lease`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let lease = try #require(try await store.lease())
        let now = SystemClock().now()
        #expect(try await store.acquireLease(holder: lease.holder, until: now - .seconds(1), now: now) == lease.fence)
        let outcome = try await workplace.riposte("decision", "add", "203.0.113.9")
        #expect(outcome.code == 0, "\(outcome.all)")
        #expect(try await store.lease()?.fence == lease.fence)
        try await store.close()
        #expect(try await daemon.terminate() == 0, "\(daemon.said)")
    }

    @Test func `no step runs twice where a daemon that stood still comes back to a request that was carried out meanwhile`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        try await daemon.standStill()
        let outcome = try await workplace.riposte("decision", "add", "203.0.113.9")
        #expect(outcome.code == 0, "\(outcome.all)")
        daemon.child.send(SIGCONT)
        #expect(try await daemon.child.end() == 1)
        let store = try await SQLiteStore.open(path: workplace / "riposte.db")
        let incidents = try await store.incidents(IncidentQuery())
        #expect(incidents.count == 1)
        for run in try await store.runs(of: incidents[0].id) {
            let outcomes = try await store.journal(of: run.id).count { if case .outcome = $0.record { true } else { false } }
            #expect(outcomes == 1)
        }
        #expect(try await store.effects(EffectQuery()).count == 1)
        try await store.close()
    }
}

/// What systemd listens at.
private final class NotifySocket {
    private let descriptor: Int32
    private var heard: [String] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let isBound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw HarnessError("cannot listen at \(path)") }
    }

    deinit { close(descriptor) }

    func wait(for message: String) async throws {
        try await until("systemd hears \(message)") {
            hear()
            return heard.contains(message) ? true : nil
        }
    }

    private func hear() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            heard.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }
}
