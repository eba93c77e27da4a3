import Riposte
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.serialized) struct `the guard at the command line` {
    private static let settings = """
        store: riposte.db
        shipped_playbooks: none
        protected:
          proxies: [198.51.100.7]
          administrators: [ann]
        incident_response:
          playbooks:
            keep_out: {actions: [{action: block_ip}, {action: lock_account}]}
        """

    private func withWorkplace(daemon isUp: Bool, _ body: (Workplace) async throws -> Void) async throws {
        let workplace = try Workplace(Self.settings)
        guard isUp else { return try await body(workplace) }
        let daemon = try await workplace.serve()
        try await body(workplace)
        #expect(try await daemon.terminate() == 0)
    }

    @Test(arguments: [false, true])
    func `its proxy, its operator, a network around them and everything are refused, and why says so`(isUp: Bool) async throws {
        try await withWorkplace(daemon: isUp) { workplace in
            let allowed = try await workplace.riposte("allow", "--me", environment: ["SSH_CONNECTION": "203.0.113.50 50022 192.0.2.1 22"])
            #expect(allowed.code == 0, "\(allowed.all)")
            for (target, reason) in [
                ("198.51.100.7", "the proxy of this set-up"), ("198.51.100.0/24", "covers the proxy 198.51.100.7"),
                ("203.0.113.50", "where the operator"), ("203.0.113.0/24", "where the operator"), ("0.0.0.0/0", "wider than /24"),
            ] {
                let refused = try await workplace.riposte("decision", "add", target, "--reason", "drill")
                #expect(refused.code == 1)
                #expect(refused.errors.hasPrefix("Error: refused: ") && refused.errors.contains(reason), "\(refused.all)")
                let why = try await workplace.riposte("why", target).output
                #expect(why.contains("block_ip \(target) in inc-") && why.contains(": refused: ") && why.contains(reason), "\(why)")
            }
            let run = try await workplace.riposte("playbook", "run", "keep_out", "--context", "ip=198.51.100.7", "--context", "user=ann")
            #expect(run.code == 1)
            #expect(run.output.contains("block_ip 198.51.100.7: refused: "), "\(run.all)")
            #expect(run.output.contains("lock_account user:ann: refused: refused: “ann” is the last administrator"), "\(run.all)")
            #expect(try await workplace.riposte("why", "user:ann").output.contains("the last administrator"))
            #expect(try await workplace.banned() == [])
        }
    }

    @Test(arguments: [false, true])
    func `an allowlist entry lifts what is in force, is listed, and ends when it is removed`(isUp: Bool) async throws {
        try await withWorkplace(daemon: isUp) { workplace in
            #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
            let added = try await workplace.riposte("allowlist", "add", "203.0.113.0/24", "--reason", "the new office", "--duration", "2d")
            #expect(added.code == 0, "\(added.all)")
            #expect(added.output.contains("203.0.113.0/24 is on the allowlist until"))
            #expect(added.output.contains("ban on 203.0.113.9: taken back"))
            #expect(try await workplace.banned() == [])
            let listed = try await workplace.riposte("allowlist", "list").output
            #expect(listed.contains("203.0.113.0/24") && listed.contains("the new office"))
            #expect(try await workplace.riposte("decision", "add", "203.0.113.9").errors.contains("on the allowlist"))
            #expect(try await workplace.riposte("allowlist", "remove", "203.0.113.0/24").output == "203.0.113.0/24 is off the allowlist\n")
            #expect(try await workplace.riposte("allowlist", "list").errors == "nothing is on the allowlist\n")
            #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
            #expect(try await workplace.banned() == ["203.0.113.9"])
        }
    }

    @Test(arguments: [false, true])
    func `pause stops what is done by hand, and resume ends it`(isUp: Bool) async throws {
        try await withWorkplace(daemon: isUp) { workplace in
            #expect(try await workplace.riposte("decision", "add", "203.0.113.8").code == 0)
            #expect(try await workplace.riposte("pause", "--reason", "drill").code == 0)
            #expect(try await workplace.riposte("pause").output.hasPrefix("it was paused already: paused since"))
            let refused = try await workplace.riposte("decision", "add", "203.0.113.9")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("Riposte is paused since") && refused.errors.contains("drill; first: riposte resume"))
            #expect(try await workplace.riposte("why", "203.0.113.9").output.contains("paused since"))
            #expect(try await workplace.riposte("decision", "list").errors.contains("paused since"))
            #expect(try await workplace.riposte("guard").output.contains("paused since"))
            #expect(try await workplace.riposte("decision", "remove", "203.0.113.8").code == 0)
            #expect(try await workplace.banned() == [])
            #expect(try await workplace.riposte("resume").output.hasPrefix("resumed; it was paused since"))
            #expect(try await workplace.riposte("resume").output == "it was not paused\n")
            let said = try await workplace.riposte("why", "203.0.113.9").output
            #expect(said.contains(", was refused: paused since") && !said.contains("until: riposte resume"), "\(said)")
            #expect(try await workplace.riposte("decision", "add", "203.0.113.9").code == 0)
        }
    }

    @Test func `a daemon obeys a pause that nobody told it of, and goes on after it`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        #expect(try await workplace.riposte("pause", "--reason", "drill").code == 0)
        try await until("the daemon has noticed") { daemon.said.contains("paused since") ? true : nil }
        let attacker = Attacker(number: 1)
        try log.fail(attacker, times: 6)
        try await until("the attack is recorded", every: .milliseconds(100)) {
            try await workplace.riposte("incident", "list", "-o", "ndjson").records().isEmpty ? nil : true
        }
        #expect(try await workplace.banned() == [])
        #expect(try await workplace.riposte("resume").code == 0)
        try await workplace.waitForBan(of: attacker)
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `a daemon that hung while the switch was thrown does not act when it goes on`() async throws {
        let workplace = try Workplace()
        let log = try AttackLog(workplace / "auth.log")
        let daemon = try await workplace.serve()
        try await daemon.standStill()
        #expect(try await workplace.riposte("pause").code == 0)
        try log.fail(Attacker(number: 1), times: 6)
        daemon.goOn()
        try await until("the attack is recorded", every: .milliseconds(100)) {
            try await workplace.riposte("incident", "list", "-o", "ndjson").records().isEmpty ? nil : true
        }
        #expect(try await workplace.banned() == [])
        #expect(try await daemon.terminate() == 0)
    }

    @Test func `the doctor says how many are left alone`() async throws {
        let known = try await Workplace(Self.settings).riposte("doctor").output
        #expect(known.contains("proxies: 1, networks: 0, accounts: 1, administrators: "), "\(known)")
        #expect(known.contains("ok       protected"))
    }

    @Test func `what somebody else has typed reaches a terminal as text, in errors too`() async throws {
        let workplace = try Workplace(Self.settings)
        #expect(try await workplace.riposte("pause", "--reason", "\u{1B}[2J\u{202E}\nError: all is well").code == 0)
        let refused = try await workplace.riposte("decision", "add", "203.0.113.9")
        #expect(refused.code == 1 && refused.errors.contains("\\u{1b}[2J\\u{202e}\\u{a}Error: all is well"), "\(refused.errors)")
        #expect(!refused.errors.contains("\u{1B}") && !refused.errors.contains("\nError: all"))
    }

    @Test(arguments: [false, true])
    func `a playbook is given another mode, which is listed and binds it, and is as written again`(isUp: Bool) async throws {
        try await withWorkplace(daemon: isUp) { workplace in
            let given = try await workplace.riposte(
                "playbook", "mode", "keep_out", "shadow", "--reason", "hits \u{1B}[31mus", environment: ["SUDO_USER": "ann"])
            #expect(given.code == 0 && given.output.contains("keep_out is in the mode shadow"), "\(given.all)")
            let run = try await workplace.riposte("playbook", "run", "keep_out", "--context", "ip=203.0.113.9")
            #expect(run.output.contains("block_ip 203.0.113.9: previewed"), "\(run.all)")
            let listed = try await workplace.riposte("playbook", "list")
            #expect(listed.output.contains("shadow *") && listed.errors.contains("keep_out: in the mode shadow by ann at "))
            #expect(listed.errors.contains(": hits \\u{1b}[31mus"))
            #expect(try await workplace.riposte("guard").output.contains("playbook keep_out is in the mode shadow, by ann"))
            #expect(try await workplace.riposte("playbook", "mode", "keep_out", "as-written").output.contains("enforce, as written"))
            #expect(try await workplace.riposte("playbook", "run", "keep_out", "--context", "ip=203.0.113.9").output.contains("banned"))
            #expect(try await workplace.riposte("playbook", "mode", "keepout", "off").errors.contains("did you mean “keep_out”?"))
            #expect(try await workplace.riposte("playbook", "mode", "keep_out", "loud").code == 64)
        }
    }

    @Test func `usage that cannot work is explained`() async throws {
        let workplace = try Workplace(Self.settings)
        #expect(try await workplace.riposte("allow", "--me").errors.contains("riposte allow 203.0.113.9"))
        #expect(try await workplace.riposte("allow").code == 64)
        #expect(try await workplace.riposte("allowlist", "add", "203.0.113.9").code == 64)
        #expect(try await workplace.riposte("allowlist", "add", "203.0.113.9", "--reason", " ").code == 64)
        #expect(try await workplace.riposte("allowlist", "add", "0.0.0.0/0", "--reason", "all").errors.contains("riposte pause"))
        for command in [
            ["pause"], ["resume"], ["allow"], ["guard"], ["allowlist", "add"], ["allowlist", "list"], ["allowlist", "remove"],
        ] {
            let help = try await workplace.run(Program.path, command + ["--help"])
            #expect(help.output.contains("Example"), "\(command)")
        }
    }
}
