import Dispatch
import Glibc
import Riposte
import RiposteTesting
import Testing

@testable import RiposteHost

/// The real `chage` on the files of a root of the test's own; this machine's accounts are never touched.
@Suite(.enabled(if: getuid() == 0 && access("/usr/bin/chage", X_OK) == 0, "needs root, and chage"))
struct `accounts of this machine` {
    private let root = TemporaryFolder()
    private let day = 20_786  // 2026-11-29
    private let accounts: LocalAccounts

    init() throws {
        mkdir(root / "etc", 0o755)
        try writeBytes(Array(Self.passwd.utf8), to: root / "etc/passwd")
        try writeBytes(Array(Self.shadow.utf8), to: root / "etc/shadow")
        try writeBytes(Array("root:x:0:\nsudo:x:27:boss,dora,robot\nwheel:x:28:\n".utf8), to: root / "etc/group")
        try writeBytes(Array("# none\nUID_MIN\t\t 1000\nUID_MAX 60000\n".utf8), to: root / "etc/login.defs")
        accounts = LocalAccounts(root: root.path, spared: ["glass"], clock: ManualClock(Timestamp(seconds: 20_786 * 86_400 + 3600)))
    }

    private static let passwd = """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1::/:/usr/sbin/nologin
        postgres:x:101:104::/:/bin/bash
        nobody:x:65534:65534::/:/usr/sbin/nologin
        alice:x:1001:1001::/home/alice:/bin/bash
        bob:x:1002:1002::/home/bob:/bin/bash
        keys:x:1003:1003::/home/keys:/bin/sh
        app:x:1004:1004::/srv:/usr/sbin/nologin
        far:x:1005:1005::/home/far:/bin/sh
        gone:x:1006:1006::/home/gone:/bin/sh
        boss:x:1007:1007::/home/boss:/bin/bash
        dora:x:1008:1008::/home/dora:/bin/bash
        glass:x:1009:1009::/home/glass:/bin/bash
        robot:x:1010:1010::/srv:/usr/sbin/nologin

        """

    private static let shadow = """
        root:*:19000:0:99999:7:::
        daemon:*:19000:0:99999:7:::
        postgres:*:19000:0:99999:7:::
        nobody:*:19000:0:99999:7:::
        alice:$6$a$b:19000:0:99999:7:::
        bob:$6$a$b:19000:0:99999:7::20999:
        keys:!:19000:0:99999:7:::
        app:!:19000:0:99999:7:::
        far:$6$a$b:19000:0:99999:7::47481:
        gone:$6$a$b:19000:0:99999:7::20500:
        boss:$6$a$b:19000:0:99999:7:::
        dora:$6$a$b:19000:0:99999:7::15000:
        glass:$6$a$b:19000:0:99999:7:::
        robot:!:19000:0:99999:7:::

        """

    private func run(_ user: String, _ task: LocalErrand.Task) throws -> LocalAnswer {
        try accounts.carryOut(LocalErrand(user: user, task: task))
    }

    private func line(_ user: String) throws -> String {
        let text = String(decoding: try readBytes(root / "etc/shadow"), as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix("\(user):") }.map(String.init) ?? ""
    }

    @Test(arguments: ["alice", "bob", "keys"])
    func `are expired, and get exactly back what was there`(user: String) throws {
        let before = String(decoding: try readBytes(root / "etc/shadow"), as: UTF8.self)
        #expect(try run(user, .look(.lock)) == .free)
        #expect(try run(user, .restrict(.lock)) == .changed)
        #expect(try run(user, .look(.lock)) == .restricted)
        #expect(try run(user, .restrict(.lock)) == .alreadySo)
        #expect(try line(user).hasSuffix(user == "bob" ? "::999:" : "::2:"))
        #expect(try run(user, .lift(.lock)) == .changed)
        #expect(try run(user, .lift(.lock)) == .alreadySo)
        #expect(String(decoding: try readBytes(root / "etc/shadow"), as: UTF8.self) == before)
    }

    @Test func `are let in again, though they have been protected meanwhile`() throws {
        #expect(try run("alice", .restrict(.lock)) == .changed)
        var later = accounts
        later.spared = ["alice"]
        #expect(try later.carryOut(LocalErrand(user: "alice", task: .lift(.lock))) == .changed)
        #expect(try later.carryOut(LocalErrand(user: "alice", task: .restrict(.lock))) == .refused("alice is protected"))
    }

    @Test func `that somebody else has expired stay so`() throws {
        #expect(try run("gone", .look(.lock)) == .restricted)
        #expect(try run("gone", .restrict(.lock)) == .alreadySo)
        #expect(try run("gone", .lift(.lock)) == .alreadySo)
        #expect(try line("gone").hasSuffix("::20500:"))
        // While ours stood, an administrator has closed the account for good.
        #expect(try run("alice", .restrict(.lock)) == .changed)
        _ = try ChildProgram.run("/usr/bin/chage", ["--root", root.path, "--expiredate", "1", "alice"], limit: .seconds(20))
        #expect(try run("alice", .lift(.lock)) == .alreadySo)
        #expect(try line("alice").hasSuffix("::1:"))
    }

    @Test func `have to set a new password, where they have one`() throws {
        #expect(try run("alice", .restrict(.passwordReset)) == .changed)
        #expect(try line("alice") == "alice:$6$a$b:0:0:99999:7:::")
        #expect(try run("alice", .look(.passwordReset)) == .restricted)
        #expect(try run("alice", .restrict(.passwordReset)) == .alreadySo)
        #expect(try run("alice", .lift(.passwordReset)) == .changed)
        #expect(try line("alice") == "alice:$6$a$b:\(day):0:99999:7:::")
        guard case .refused(let why) = try run("keys", .restrict(.passwordReset)) else {
            Issue.record("an account without a password would be shut out for ever")
            return
        }
        #expect(why.contains("no password"))
    }

    @Test(arguments: [
        ("root", "is root"), ("daemon", "system account"), ("postgres", "system account"), ("nobody", "system account"),
        ("app", "service account"), ("glass", "protected"), ("boss", "last administrator"), ("far", "could not be kept"),
    ])
    func `are left alone where they are not a person's, or the last who could mend things`(user: String, words: String) throws {
        guard case .refused(let why) = try run(user, .restrict(.lock)) else {
            Issue.record("\(user) was touched")
            return
        }
        #expect(why.contains(words))
        #expect(try run(user, .lift(.lock)) == .alreadySo, "nothing of ours is there to be taken back")
        #expect(String(decoding: try readBytes(root / "etc/shadow"), as: UTF8.self) == Self.shadow)
    }

    @Test(arguments: ["mallory", "alice:x", "--help", "", "alice\n", "../alice", "alice\0"])
    func `are those of the file and no others`(user: String) throws {
        #expect(try run(user, .restrict(.lock)) == .noSuchAccount)
        #expect(try run(user, .lift(.lock)) == .alreadySo)
        #expect(String(decoding: try readBytes(root / "etc/shadow"), as: UTF8.self) == Self.shadow)
    }

    @Test func `are not said to be changed where the program says so and lies, or fails`() throws {
        var lying = accounts
        lying.chage = "/bin/true"
        let errand = LocalErrand(user: "alice", task: .restrict(.lock))
        #expect { try lying.carryOut(errand) } throws: { error in
            guard let error = error as? DirectoryFailure else { return false }
            return error.kind == .transient && error.message == "/bin/true: it ended with 0 and changed nothing"
        }
        var missing = accounts
        missing.chage = "/nowhere/chage"
        #expect(throws: SourceError.self) { try missing.carryOut(errand) }
        unlink(root / "etc/shadow")
        #expect { try run("alice", .look(.lock)) } throws: { ($0 as? DirectoryFailure)?.kind == .transient }
    }

    @Test(.timeLimit(.minutes(1)))
    func `have their processes ended, and nobody else's`() async throws {
        let number: UInt32 = 54_321
        let words = ["--reuid=\(number)", "--regid=\(number)", "--clear-groups", "/bin/sh"]
        let stubborn = try spawn(
            ["/usr/bin/setsid", "/usr/bin/setpriv"] + words + ["-c", "trap '' TERM HUP; sleep 1000 & wait; sleep 1000"])
        let other = try spawn(["/usr/bin/setpriv", "--reuid=54322", "--regid=54322", "--clear-groups", "/bin/sleep", "1000"])
        defer {
            kill(other, SIGKILL)
            waitpid(other, nil, 0)
        }
        try await until {
            (try? String(decoding: readBytes("/proc/\(stubborn)/status"), as: UTF8.self).contains("Uid:\t\(number)")) ?? false
        }
        let future = SystemClock().now() + .hours(1)
        #expect(try LocalSessions.end(of: number, before: SystemClock().now() - .hours(1)) == 0)
        #expect(kill(stubborn, 0) == 0)
        // We are its parent: until we ask it remains as a zombie, which counts as ended.
        #expect(try LocalSessions.end(of: number, before: future) == 1)
        var status: Int32 = 0
        #expect(waitpid(stubborn, &status, 0) == stubborn)
        #expect(kill(other, 0) == 0)
        #expect(try LocalSessions.end(of: number, before: future) == 0)
    }

    /// It moves on to a session of its own four times a second, and nobody's child, until it is too late in the day.
    @Test(.timeLimit(.minutes(1)))
    func `have what begins itself anew at this moment ended, too`() async throws {
        let script = root / "hop"
        try writeBytes(
            Array("#!/bin/sh\ntrap '' HUP TERM\necho $$ >> $2\nsleep 0.25\n[ $(date +%s) -lt $1 ] && setsid $0 $1 $2 &\n".utf8), to: script)
        try writeBytes([], to: root / "hops")
        for path in [script, root / "hops"] { chmod(path, 0o777) }
        chmod(root.path, 0o755)
        let late = "\(SystemClock().now().seconds + 30)"
        let first = try spawn(
            ["/usr/bin/setsid", "/usr/bin/setpriv", "--reuid=54323", "--regid=54323", "--clear-groups", script, late, root / "hops"])
        func hops() throws -> [pid_t] {
            String(decoding: try readBytes(root / "hops"), as: UTF8.self).split(separator: "\n").compactMap { pid_t($0) }
        }
        try await until { try hops().count > 2 }
        waitpid(first, nil, 0)
        #expect(try LocalSessions.end(of: 54_323, before: SystemClock().now() - .milliseconds(1)) == 1)
        let last = try hops().count
        try await Task.sleep(for: .milliseconds(600))
        #expect(try hops().count == last)
    }

    @Test(.timeLimit(.minutes(1)))
    func `have those named that are left when its time is up`() async throws {
        let words = ["/usr/bin/setsid", "/usr/bin/setpriv", "--reuid=54324", "--regid=54324", "--clear-groups", "/bin/sh", "-c"]
        let stubborn = try spawn(words + ["trap '' TERM HUP; while :; do sleep 1000; done"])
        defer {
            kill(stubborn, SIGKILL)
            waitpid(stubborn, nil, 0)
        }
        try await until {
            let status = (try? String(decoding: readBytes("/proc/\(stubborn)/status"), as: UTF8.self)) ?? ""
            // What it ignores: signals 1 and 15, and what we do.
            return status.split(separator: "\n").contains { $0.hasPrefix("SigIgn:") && $0.hasSuffix("4001") }
        }
        let future = SystemClock().now() + .hours(1)
        let found = #expect(throws: DirectoryFailure.self) {
            try LocalSessions.end(of: 54_324, before: future, within: .milliseconds(100))
        }
        #expect(found?.kind == .transient)
        #expect(found?.message.hasPrefix("of 1 sessions not all have ended: ") == true, "\(found?.message ?? "")")
        #expect(found?.message.contains("\(stubborn)") == true)
        #expect(try LocalSessions.end(of: 54_324, before: future) == 1)
    }

    private func spawn(_ command: [String]) throws -> pid_t { try ChildProgram.start(command[0], Array(command.dropFirst())) }
}

private func readBytes(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TemporaryFolder.Failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return bytes
}
