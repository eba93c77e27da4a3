import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A real sshd, real guesses by hydra from another network namespace, a real rsyslogd, and the daemon following its log.
/// Needs root, for the namespaces; see `Scripts/record-sshd-attack.sh`.
@Suite(.serialized, .enabled(if: Namespaces.arePossible, "needs root, and the right to make namespaces"))
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

    /// hydra's 200th password is the right one.
    @Test(.timeLimit(.minutes(6)))
    func `finds its password guessed without Riposte, and not with Riposte and the kernel's firewall`() async throws {
        let workplace = try Workplace(nil)
        let script = Program.project + "/Scripts/record-sshd-attack.sh"
        let outcome = try await workplace.run(
            "/bin/bash", [script, "enforced"],
            environment: ["RIPOSTE": Program.path, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"],
            within: .seconds(300))
        #expect(outcome.code == 0, "\(outcome.all)")
        Enforced(outcome.output).check()
    }
}

/// What the recording “enforced” prints, by its titles.
private struct Enforced {
    private var sections: [String: [String]] = [:]
    private let all = ["203.0.113.8", "203.0.113.9", "2001:db8:bad:8::66", "2001:db8:bad:8::77", "2001:db8:bad:9::66"]
    private let attackers = ["203.0.113.8", "2001:db8:bad:8::66", "2001:db8:bad:8::77"]

    init(_ output: String) {
        var title = ""
        for line in output.split(separator: "\n") {
            if line.hasPrefix("== ") { title = String(line.dropFirst(3)) } else { sections[title, default: []].append(String(line)) }
        }
    }

    func check() {
        attack()
        restart()
        flush()
        undo()
        expiry()
        networks()
        removal()
    }

    private func attack() {
        let before = lines("Without Riposte")
        expect(before, ["hydra: found the password", "199 wrong guesses reached sshd"])
        #expect(reached(before) == all)
        expect(before, ["Error: No such file or directory"])

        let with = lines("With Riposte")
        expect(with, ["it has more than 1024 files open: yes", "it runs as nobody with 0000000000001000"])
        expect(with, ["connections that sshd still waits on: 0"])
        #expect(with.filter { $0.hasPrefix("hydra:") } == ["hydra: did not find it", "hydra: did not find it"])
        let got = with.first { $0.hasSuffix(" by IPv6") }?.split(separator: " ").compactMap { Int($0) } ?? []
        #expect(got.count == 3 && got[0] < 100 && got[2] < 100, "\(with)")

        let during = lines("During the attack")
        #expect(dropped(during) == attackers)
        #expect(reached(during) == all.filter { !attackers.contains($0) }, "a neighbour, and another /64")
        #expect(during.contains { $0.contains("elements = { 203.0.113.8 timeout 1h expires 5") }, "\(during)")
        #expect(during.contains { $0.contains("elements = { 2001:db8:bad:8:: timeout 1h expires 5") }, "\(during)")
        expect(during, ["\t\tip saddr @v4_32 drop", "firewall  nftables  enforced  2"])
    }

    private func restart() {
        let lines = lines("After kill -9")
        #expect(dropped(lines) == ["203.0.113.8", "203.0.113.8"], "with nobody there, and afterwards")
        expect(lines, ["the same rules stand", "changes of the table meanwhile: 0", "the table was made anew"])
        let streams = lines.filter { $0.hasPrefix("packets of the attackers") }.map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(streams.count == 2)
        for stream in streams { #expect(stream.count == 2 && stream[0] > 20 && stream[1] == 0, "\(lines)") }
    }

    private func flush() {
        let lines = lines("After nft flush ruleset")
        #expect(lines.first == "203.0.113.8 reached")
        #expect(lines.contains { $0.contains("drifted  2          2 missing; there was no table") }, "\(lines)")
        #expect(dropped(lines) == ["203.0.113.8"])
        expect(lines, ["firewall  nftables  enforced  3"])
        #expect(lines.contains { $0.hasPrefix("what was enforced had drifted and was put right: 3 missing") }, "\(lines)")
        expect(lines, ["said so: 1 times"])
    }

    private func undo() {
        let lines = lines("After incident undo")
        #expect(reached(lines) == all)
        for ban in ["ban on 203.0.113.8: taken back (eff-", "ban on 2001:db8:bad:8::/64: taken back (eff-"] {
            #expect(lines.contains { $0.hasPrefix(ban) }, "\(lines)")
        }
        #expect(!lines.contains { $0.contains("elements") }, "\(lines)")
    }

    private func expiry() {
        let lines = lines("A ban that runs out while nobody is there")
        expect(lines, ["203.0.113.8 dropped", "203.0.113.8 reached", "decisions in force: 0"])
    }

    private func networks() {
        let lines = lines("A network, a ban sent again, a redirected port")
        #expect(dropped(lines) == ["203.0.113.8", "203.0.113.9", "203.0.113.8", "203.0.113.8"])
        #expect(reached(lines) == ["203.0.113.9"], "behind destination NAT")
    }

    private func removal() {
        let lines = lines("After stop and remove")
        #expect(dropped(lines) == ["203.0.113.8"], "after a stop the bans go on")
        #expect(reached(lines) == ["203.0.113.8", "203.0.113.8"])
        expect(lines, ["firewall: removed", "tables: table ip elsewhere", "the other table is as it was"])
    }

    private func lines(_ title: String) -> [String] { sections[title] ?? [] }
    private func reached(_ lines: [String]) -> [String] { addresses(lines, " reached") }
    private func dropped(_ lines: [String]) -> [String] { addresses(lines, " dropped") }
    private func addresses(_ lines: [String], _ end: String) -> [String] {
        lines.filter { $0.hasSuffix(end) }.map { String($0.dropLast(end.count)) }
    }

    private func expect(_ lines: [String], _ wanted: [String]) {
        for line in wanted { #expect(lines.contains(line), "“\(line)” is not among \(lines)") }
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
