import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The real helper with nothing but CAP_NET_ADMIN and CAP_CHOWN, and the real program as a user without any right, in a
/// network of their own.
@Suite(.enabled(if: Namespaces.arePossible, "needs root, and the right to make namespaces"))
struct `riposte without a right of its own` {
    private static let script = """
        set -u
        ip link set lo up; ip address add 198.51.100.50/32 dev lo
        chmod 755 .; mkdir -m 755 run state; chown nobody: state
        cp "$RIPOSTE" riposte-program; cp "$RIPOSTE-helper" helper-program; chmod 755 *-program
        printf 'store: %s/state/riposte.db\\nshipped_playbooks: none\\nenforcers: {firewall: {type: helper, socket: %s/run/h.sock}}\\n' "$PWD" "$PWD" > riposte.yaml
        rights=-all,+net_admin,+chown
        setpriv --bounding-set=$rights --inh-caps=$rights ./helper-program --user nobody --socket "$PWD/run/h.sock" --protect 192.0.2.0/24 2> helper.log &
        helper=$!
        for _ in $(seq 200); do grep -q listening helper.log && break; sleep 0.05; done
        riposte() {
            setpriv --reuid=nobody --regid=nogroup --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs ./riposte-program "$@" --config riposte.yaml 2>&1
        }
        echo "== ban"; riposte decision add 203.0.113.9 --duration 1h --reason test > /dev/null; echo $?
        riposte enforcer list
        nft list table inet riposte | grep 203.0.113.9
        echo "== protected"; riposte decision add 192.0.2.7 --reason test; echo $?
        echo "== lift"; riposte decision remove 203.0.113.9 > /dev/null; nft list table inet riposte | grep -c elements
        echo "== doctor"; riposte doctor
        echo "== others"; chmod 666 run/h.sock
        setpriv --reuid=daemon --regid=daemon --clear-groups --bounding-set=-all ./riposte-program doctor --config riposte.yaml 2>&1 | grep enforcer
        cat helper.log
        echo "== gone"; kill $helper; wait $helper; riposte enforcer list
        """

    @Test(.timeLimit(.minutes(2)))
    func `bans through root's helper, which serves nobody else and refuses what it protects`() async throws {
        let workplace = try Workplace(nil)
        let outcome = try await workplace.run(
            "/usr/bin/unshare", ["--mount", "--net", "--pid", "--fork", "--mount-proc", "/bin/bash", "-c", Self.script],
            environment: ["RIPOSTE": Program.path, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])
        let parts = Dictionary(
            outcome.output.components(between: "== ").map { part in
                let lines = part.split(separator: "\n", maxSplits: 1)
                return (String(lines.first ?? ""), lines.count > 1 ? String(lines[1]) : "")
            }
        ) { first, _ in first }
        func said(_ part: String, _ words: String) { #expect(parts[part]?.contains(words) == true, "\(part): \(outcome.all)") }
        said("ban", "firewall  helper  enforced  1")
        said("ban", "203.0.113.9 timeout 1h")
        said("protected", "failed: the helper refuses: 192.0.2.7 lies in the protected network 192.0.2.0/24")
        #expect(parts["lift"] == "0\n", "\(outcome.all)")
        said("doctor", "ok       enforcer firewall  holds 0 decisions")
        said("doctor", "ok       user               runs as nobody")
        said("others", "of user 1 is turned away")
        said("gone", "failing")
        said("gone", "is riposte-helper running, and for this user?")
    }
}

extension String {
    fileprivate func components(between mark: String) -> [Substring] { split(separator: mark) }
}
