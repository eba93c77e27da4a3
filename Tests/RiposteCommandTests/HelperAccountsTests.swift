import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The real helper with what its unit leaves it, and the real program as a user without any right, on a copy of /etc that only they
/// see.
@Suite(.enabled(if: Namespaces.arePossible, "needs root, and the right to make namespaces"))
struct `accounts of this machine through root's helper` {
    private static let script = """
        set -u
        ip link set lo up
        # Not one step further on the machine's own accounts.
        cp -a /etc etc && mount --bind etc /etc || exit 1
        printf 'riposte-a:x:54321:54321::/:/bin/sh\\nriposte-s:x:54322:54322::/:/usr/sbin/nologin\\n' >> /etc/passwd
        printf 'riposte-a:$6$a$b:19000:0:99999:7::40000:\\nriposte-s:$6$a$b:19000:0:99999:7:::\\n' >> /etc/shadow
        expiry() { grep "^riposte-$1:" /etc/shadow | cut -d: -f8; }
        chmod 755 .; mkdir -m 755 run state; chown nobody: state
        cp "$RIPOSTE" riposte-program; cp "$RIPOSTE-helper" helper-program; chmod 755 *-program
        cat > riposte.yaml <<END
        store: $PWD/state/riposte.db
        shipped_playbooks: none
        accounts: {machine: {type: helper, socket: $PWD/run/h.sock}}
        incident_response:
          playbooks:
            shut: {trigger: {detector: brute_force}, actions: [{action: lock_account, duration_minutes: 30}]}
            out: {trigger: {detector: brute_force}, actions: [revoke_sessions]}
        END
        rights=$(sed -n 's/^CapabilityBoundingSet=//p' "$DEPLOY"/riposte-helper.service "$DEPLOY"/riposte-helper-accounts.conf |
            tr ' ' '\n' | sed 's/^CAP_/+/' | tr '[:upper:]' '[:lower:]' | paste -sd,)
        echo "== rights"; echo "$rights"
        # ProtectSystem=strict, ReadWritePaths=/etc, RuntimeDirectory=, NoNewPrivileges=yes.
        start() {
            unshare --mount /bin/sh -c '
                mount --bind run run; mount -o remount,bind,ro / || exit 1
                exec setpriv --bounding-set="-all,$0" --inh-caps=-all --no-new-privs ./helper-program --user nobody --socket "$PWD/run/h.sock" "$@"
                ' "$rights" "$@" 2> helper.log &
            helper=$!
            for _ in $(seq 200); do grep -q listening helper.log && break; sleep 0.05; done
        }
        riposte() {
            setpriv --reuid=nobody --regid=nogroup --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs ./riposte-program "$@" --config riposte.yaml 2>&1
        }
        start --accounts
        echo "== doctor"; riposte doctor
        echo "== lock"; riposte playbook run shut --context user=riposte-a; expiry a
        echo "== service"; riposte playbook run shut --context user=riposte-s; expiry s
        setsid setpriv --reuid=54321 --regid=54321 --clear-groups sleep 1000 &
        sleeper=$!
        until [ "$(ps -o user= -p $sleeper)" = riposte-a ] && [ "$(ps -o comm= -p $sleeper)" = sleep ]; do sleep 0.05; done; sleep 0.05
        echo "== out"; riposte playbook run out --context user=riposte-a; kill -0 $sleeper 2>&1 || wait $sleeper; echo "ended with $?"
        echo "== nobody"; riposte playbook run shut --context user=mallory
        echo "== undo"; riposte undo --since "$(date -d '-1 hour' +%H:%M)"; expiry a
        kill $helper; wait $helper; start
        echo "== closed"; riposte playbook run shut --context user=riposte-a; expiry a
        """

    @Test(.timeLimit(.minutes(2)))
    func `are locked and unlocked, and only those that may be`() async throws {
        let workplace = try Workplace(nil)
        let outcome = try await workplace.run(
            "/usr/bin/unshare", ["--mount", "--net", "--pid", "--fork", "--mount-proc", "/bin/bash", "-c", Self.script],
            environment: [
                "RIPOSTE": Program.path, "DEPLOY": Program.project + "/deploy", "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            ])
        let parts = Dictionary(
            outcome.output.split(separator: "== ").map { part in
                let lines = part.split(separator: "\n", maxSplits: 1)
                return (String(lines.first ?? ""), lines.count > 1 ? String(lines[1]) : "")
            }
        ) { first, _ in first }
        func said(_ part: String, _ words: String) { #expect(parts[part]?.contains(words) == true, "\(part): \(outcome.all)") }
        said("rights", "+net_admin,+chown,+dac_override,+fowner,+kill\n")
        said("out", "(1 known)")
        said("out", "ended with 129")
        said("doctor", "ok       accounts machine")
        said("lock", "locked riposte-a in machine until ")
        #expect(parts["lock"]?.hasSuffix("\n20000\n") == true, "\(outcome.all)")
        said("service", "riposte-s is a service account")
        said("nobody", "no account directory knows mallory (machine)")
        #expect(parts["undo"]?.hasSuffix("\n40000\n") == true, "\(outcome.all)")
        #expect(parts["undo"]?.contains("could not be taken back") == false, "\(outcome.all)")
        said("closed", "it was not started with --accounts")
        #expect(parts["closed"]?.hasSuffix("\n40000\n") == true, "\(outcome.all)")
    }
}
