import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A real sshd, real guesses by hydra from another network namespace, a real rsyslogd, and the daemon following its log.
/// Needs root, for the namespaces; see `Scripts/record-sshd-attack.sh`.
@Suite(.enabled(if: Namespaces.arePossible, "needs root, and the right to make namespaces"))
struct `a real sshd under a real attack` {
    @Test(.timeLimit(.minutes(5)))
    func `has its attackers banned, and neither its people nor its own addresses`() async throws {
        let workplace = try Workplace(nil)
        let script = Program.project + "/Scripts/record-sshd-attack.sh"
        let outcome = try await workplace.run(
            "/bin/bash", [script, "watched"],
            environment: ["RIPOSTE": Program.path, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"],
            within: .seconds(240))
        #expect(outcome.code == 0, "\(outcome.all)")
        let banned = outcome.output.split(separator: "\n").filter { $0.contains(" ban ") }.compactMap { $0.split(separator: " ").first }
        #expect(banned.sorted() == ["2001:db8:bad:8::/64", "203.0.113.8"], "\(outcome.all)")
        // hydra from an address of the server's own was found as well, and not banned.
        #expect(outcome.output.contains("10 failed sign-ins from 203.0.113.7"), "\(outcome.all)")
        #expect(!outcome.output.contains("198.51.100."), "\(outcome.all)")
    }
}

enum Namespaces {
    /// Whether this process may make the namespaces that the script makes.
    static let arePossible: Bool = {
        guard getuid() == 0, let workplace = try? Workplace(nil) else { return false }
        let words = ["--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--mount-proc", "/bin/true"]
        guard let child = try? workplace.startOther("/usr/bin/unshare", words) else { return false }
        return child.waitForExit() == 0
    }()
}
