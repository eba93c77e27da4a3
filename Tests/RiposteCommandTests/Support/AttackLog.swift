import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An sshd log that somebody else writes: held open whatever becomes of its name, as rsyslogd does.
final class AttackLog {
    private var descriptor: Int32 = -1

    init(_ path: String) throws { try reopen(path) }

    deinit { close(descriptor) }

    func reopen(_ path: String) throws {
        if descriptor >= 0 { close(descriptor) }
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HarnessError("cannot write \(path)") }
    }

    func write(_ text: some StringProtocol) throws {
        let bytes = Array(text.utf8)
        guard Self.put(descriptor, bytes) == bytes.count else { throw HarnessError("the log cannot be written") }
    }

    /// So many failed sign-ins, now.
    func fail(_ attacker: Attacker, times: Int = 1) throws {
        for _ in 0..<times { try write(attacker.failure()) }
    }

    func truncate() throws {
        guard ftruncate(descriptor, 0) == 0 else { throw HarnessError("the log cannot be truncated") }
    }

    private static func put(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, bytes.count)
        #else
        Musl.write(descriptor, bytes, bytes.count)
        #endif
    }
}

/// One address that tries passwords of one account.
struct Attacker: Hashable {
    var number: Int

    /// From the networks that RFC 2544 sets aside, in as many /24 as there are.
    var address: String { "198.\(18 + number / 256 % 2).\(number % 256).\(1 + number / 512)" }
    var user: String { (number.isMultiple(of: 2) ? "" : "invalid user ") + "user\(number)" }

    /// A line of sshd's, with the time of now.
    func failure() -> String {
        let time = "\(SystemClock().now())"
        return "\(time) web01 sshd[\(1000 + number)]: Failed password for \(user) from \(address) port \(40000 + number) ssh2\n"
    }
}

extension Workplace {
    /// The targets of decisions in force.
    func banned() async throws -> [String] {
        let outcome = try await riposte("decision", "list", "--output", "ndjson")
        guard outcome.code == 0 else { throw HarnessError("decision list: \(outcome.all)") }
        return try outcome.records().filter { $0["type"]?.string == "ban" }.compactMap { $0["target"]?.string }
    }

    /// Waits for a ban.
    func waitForBan(of attacker: Attacker) async throws {
        try await until("a decision on \(attacker.address)", every: .milliseconds(50)) {
            try await banned().contains(attacker.address) ? true : nil
        }
    }
}
