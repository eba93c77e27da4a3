import Foundation
import Glibc
import Riposte
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteHost

/// A helper that listens in a temporary folder, for this user, and what it has said. It ends with the tests' process.
private final class Served: Sendable {
    let folder = TemporaryFolder()
    private let words = Mutex<[String]>([])

    init() throws {
        let service = try HelperService(socket: socket, user: getuid(), table: "riposte", protecting: []) { [weak self] sentence in
            self?.words.withLock { $0.append(sentence) }
        }
        Task { try await service.run() }
    }

    init(_ desk: HelperDesk) throws {
        let service = try HelperService(socket: socket, user: getuid(), desk: desk) { [weak self] sentence in
            self?.words.withLock { $0.append(sentence) }
        }
        Task { try await service.run() }
    }

    var socket: String { folder / "helper.sock" }
    var said: [String] { words.withLock { $0 } }

    func send(_ bytes: [UInt8]) async throws -> [UInt8]? {
        let socket = socket
        let thread = try ConfinedThread<Void>.start {}
        defer { thread.stop() }
        return try await thread.perform { _ in
            let connection = try UnixSocket.connect(to: socket, limit: .seconds(20))
            try connection.send(bytes)
            return try connection.receive(atMost: 1000)
        }
    }
}

extension UnixSocket {
    /// Announces a long message and says it a byte at a time, until the other side has had enough or after five seconds.
    fileprivate func trickle(announcing count: UInt32, every pause: Duration) {
        try? say(withUnsafeBytes(of: count.bigEndian, Array.init))
        for _ in 0..<500 {
            usleep(UInt32(pause.microseconds))
            guard (try? say([0])) != nil else { return }
        }
    }
}

@Suite struct `the helper's socket` {
    @Test func `serves one caller after the other, and those after one that makes no sense`() async throws {
        let served = try Served()
        let enforcer = try HelperEnforcer(socket: served.socket, store: "/var/lib/riposte/riposte.db")
        try await enforcer.probe()
        for nonsense in ["", "hello", "{}", #"{"store":"/x","verb":{"shell":{"_0":"rm"}}}"#] {
            #expect(try await served.send(Array(nonsense.utf8)) == nil)
        }
        try await enforcer.probe()
        #expect(served.said.count == 4 && served.said.allSatisfy { $0.contains("sent what is no request") }, "\(served.said)")
    }

    @Test(.timeLimit(.minutes(1))) func `lets no ban wait for an account, and no account be worked on twice at once`() async throws {
        let (begun, mayEnd) = (AsyncStream<String>.makeStream(), AsyncStream<Void>.makeStream())
        let enforcer = RecordingEnforcer()
        let served = try Served(
            HelperDesk(enforcer: { _ in enforcer }, protected: { ProtectedTargets() }) { errand in
                begun.continuation.yield(errand.user)
                for await _ in mayEnd.stream { break }
                return .changed
            })
        var began = begun.stream.makeAsyncIterator()
        func lock(_ user: String) async throws -> AccountChange {
            let machine = try LocalAccountDirectory(helper: served.socket, store: "/x")
            return try await machine.restrict(AccountOrder(user, .lock, until: nil, effect: "e", incident: "i"))
        }
        async let first = lock("alice")
        #expect(await began.next() == "alice")
        async let second = lock("bob")
        let firewall = try HelperEnforcer(socket: served.socket, store: "/x")
        let ban = Decision(
            target: .address(try #require(AddressRange("203.0.113.9"))), type: .ban, until: nil, owners: [], incidents: [], playbooks: [],
            since: .distantPast)
        for _ in 0..<3 { try await firewall.apply([ban], lifting: []) }
        #expect(enforcer.inForce.count == 1)
        mayEnd.continuation.yield()
        #expect(try await first == .changed)
        #expect(await began.next() == "bob")
        mayEnd.continuation.yield()
        #expect(try await second == .changed)
    }

    @Test func `lets only so many wait`() async throws {
        let folder = TemporaryFolder()
        let listener = try UnixSocket.listen(at: folder / "queue.sock", owner: getuid())
        let client = try UnixSocket.connect(to: folder / "queue.sock", limit: .seconds(5))
        let (server, queue) = (try listener.next(limit: .seconds(5)), try HelperQueue())
        for _ in 0..<HelperQueue.limit { #expect(queue.take(HelperRequest(store: "/x", verb: .probe), from: server)) }
        #expect(!queue.take(HelperRequest(store: "/x", verb: .probe), from: server))
        withExtendedLifetime(client) {}
    }

    @Test func `waits only so long for a whole message, however often a little of it comes`() async throws {
        let folder = TemporaryFolder()
        let listener = try UnixSocket.listen(at: folder / "slow.sock", owner: getuid())
        let client = try UnixSocket.connect(to: folder / "slow.sock", limit: .seconds(5))
        let server = try listener.next(limit: .seconds(30))
        let trickle = Thread { client.trickle(announcing: 10_000, every: .milliseconds(10)) }
        trickle.start()
        #expect { try server.receive(atMost: 20_000, within: .milliseconds(200)) } throws: { "\($0)".contains("in time") }
    }

    @Test func `is opened by its user alone`() async throws {
        let served = try Served()
        try await HelperEnforcer(socket: served.socket, store: "/x").probe()
        var status = stat()
        #expect(lstat(served.socket, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_uid == getuid())
    }

    @Test func `is not taken from a helper that lives, and is from one that is gone`() throws {
        let folder = TemporaryFolder()
        let path = folder / "helper.sock"
        do {
            let first = try UnixSocket.listen(at: path, owner: getuid())
            #expect { try UnixSocket.listen(at: path, owner: getuid()) } throws: { "\($0)".contains("somebody listens there already") }
            withExtendedLifetime(first) {}
        }
        _ = try UnixSocket.listen(at: path, owner: getuid())
    }

    @Test func `takes the place of no file that is something else`() throws {
        let folder = TemporaryFolder()
        let path = folder / "precious"
        close(open(path, O_WRONLY | O_CREAT, 0o600))
        #expect { try UnixSocket.listen(at: path, owner: getuid()) } throws: { "\($0)".contains("is there and is no socket") }
        #expect(access(path, F_OK) == 0)
    }

    @Test func `has a path that fits`() {
        #expect { try UnixSocket.listen(at: "/" + String(repeating: "x", count: 120), owner: getuid()) } throws: {
            "\($0)".contains("a socket's path has 1 to 107 bytes")
        }
    }

    @Test func `that nobody listens at is a failure to be tried again`() async throws {
        let folder = TemporaryFolder()
        let enforcer = try HelperEnforcer(socket: folder / "none.sock", store: "/x")
        let error = await #expect(throws: EnforcementError.self) { try await enforcer.probe() }
        #expect(error?.kind == .transient)
        #expect(error?.description.contains("is riposte-helper running, and for this user?") == true)
    }
}
