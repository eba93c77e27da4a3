import Riposte
import Testing

@Suite(.serialized) struct `what waits for people` {
    private static let settings = """
        store: riposte.db
        shipped_playbooks: none
        sources: [{file: auth.log, format: sshd, start: beginning}]
        channels: {people: {type: log, path: people.jsonl}}
        roles: {security: [ann, bob]}
        approvals: {approvers: [security], channels: [people]}
        playbooks:
          careful:
            mode: approve
            trigger: {detector: brute_force}
            approvals: {quorum: 2}
            actions: [{action: block_ip, duration_minutes: 60}]
          by_hand:
            approvals: {four_eyes: true}
            actions: [{action: block_ip, approve: true}, log_event]
        """

    private func pending(_ workplace: Workplace) async throws -> [JSONValue] {
        try await workplace.riposte("approval", "list", "--output", "ndjson").records()
    }

    private func answer(
        _ workplace: Workplace, _ word: String, _ id: String, as actor: String, because reason: String = ""
    ) async throws -> Outcome {
        try await workplace.riposte("approval", word, id, "--reason", reason, environment: ["SUDO_USER": actor])
    }

    @Test(arguments: [false, true])
    func `is withdrawn where the incident is undone, with the daemon up and down`(isUp: Bool) async throws {
        let workplace = try Workplace(Self.settings)
        let daemon = isUp ? try await workplace.serve() : nil
        let run = try await workplace.riposte("playbook", "run", "by_hand", "--context", "ip=203.0.113.7")
        #expect(run.code == 3, "\(run.all)")
        let id = try #require(try await pending(workplace).first?["id"]?.string)
        let incident = try #require(try await workplace.riposte("incident", "list", "-o", "ndjson").records().first?["id"]?.string)
        let undone = try await workplace.riposte("incident", "undo", incident, "--reason", "a drill", environment: ["SUDO_USER": "ann"])
        #expect(undone.code == 0 && undone.output.contains("does nothing more, and nobody is asked about it (\(id))"), "\(undone.all)")
        #expect(try await pending(workplace).isEmpty)
        #expect(try await answer(workplace, "grant", id, as: "bob").errors.contains("answered already: withdrawn by ann: a drill"))
        let shown = try await until("the run is over", every: .milliseconds(50)) {
            let shown = try await workplace.riposte("incident", "show", incident).output
            return shown.contains("by_hand  undone") ? shown : nil
        }
        #expect(shown.contains("! log_event: undone by ann: a drill"))
        #expect(try await workplace.banned() == [])
        if let daemon { #expect(try await daemon.terminate() == 0) }
    }

    @Test func `outlives a kill of the daemon, takes two of those who may, and is then in force`() async throws {
        let workplace = try Workplace(Self.settings)
        let log = try AttackLog(workplace / "auth.log")
        let first = try await workplace.serve()
        let attacker = Attacker(number: 1)
        try log.fail(attacker, times: 5)
        let approval = try await until("it is asked", every: .milliseconds(100)) { try await pending(workplace).first }
        let id = try #require(approval["id"]?.string)
        try await until("people are told", every: .milliseconds(50)) {
            (try? workplace.read("people.jsonl"))?.contains("riposte approval grant \(id)") == true ? true : nil
        }
        #expect(try await workplace.banned() == [])
        try await first.kill()

        let second = try await workplace.serve()
        #expect(try await pending(workplace).map { $0["id"]?.string } == [id])
        let shown = try await workplace.riposte("approval", "show", id)
        #expect(shown.output.contains("block_ip \(attacker.address): would ban \(attacker.address)"), "\(shown.all)")
        #expect(shown.output.contains("pending, 0 of 2 granted"))
        let eve = try await answer(workplace, "grant", id, as: "eve")
        #expect(eve.code == 1)
        #expect(eve.errors.contains("eve is not among those who may answer: security"))
        #expect(try await answer(workplace, "grant", id, as: "ann", because: "seen it").output.contains("1 more to grant it"))
        #expect(try await answer(workplace, "grant", id, as: "ann").output.contains("you have granted it before"))
        #expect(try await workplace.banned() == [])
        let bob = try await answer(workplace, "grant", id, as: "bob", because: "so have I")
        #expect(bob.code == 0 && bob.output.contains("granted by ann and bob: so have I"), "\(bob.all)")
        try await workplace.waitForBan(of: attacker)
        let again = try await answer(workplace, "grant", id, as: "ann")
        #expect(again.code == 0 && again.output.contains("was answered already: granted by ann and bob"), "\(again.all)")
        #expect(try await answer(workplace, "deny", id, as: "ann").code == 1)
        #expect(try await pending(workplace).isEmpty)
        let record = try await workplace.riposte("approval", "show", id).output
        #expect(record.contains("ann: grant: seen it") && record.contains("Turned away") && record.contains("eve: grant"))
        #expect(try await second.terminate() == 0, "\(second.said)")
    }

    @Test(arguments: [false, true])
    func `is asked for by hand, stopped by one, and let through by another than who asked`(isUp: Bool) async throws {
        let workplace = try Workplace(Self.settings)
        let daemon = isUp ? try await workplace.serve() : nil
        for (address, word, actor, code) in [("203.0.113.7", "deny", "bob", 0 as Int32), ("203.0.113.8", "grant", "bob", 0)] {
            let run = try await workplace.riposte(
                "playbook", "run", "by_hand", "--context", "ip=\(address)", environment: ["SUDO_USER": "ann"])
            #expect(run.code == 3, "\(run.all)")
            #expect(run.output.contains("waits for people: riposte approval show apr-"), "\(run.all)")
            let id = try #require(try await pending(workplace).first?["id"]?.string)
            let own = try await answer(workplace, "grant", id, as: "ann")
            #expect(own.code == 1 && own.errors.contains("four eyes"), "\(own.all)")
            let answered = try await answer(workplace, word, id, as: actor, because: "checked")
            #expect(answered.code == code, "\(answered.all)")
        }
        try await until("the one that was let through is in force", every: .milliseconds(50)) {
            try await workplace.banned() == ["203.0.113.8"] ? true : nil
        }
        let incidents = try await workplace.riposte("incident", "list", "--target", "203.0.113.7", "-o", "ndjson").records()
        let shown = try await workplace.riposte("incident", "show", incidents.first?["id"]?.string ?? "").output
        #expect(shown.contains("! block_ip 203.0.113.7: denied by bob: checked"), "\(shown)")
        if let daemon { #expect(try await daemon.terminate() == 0, "\(daemon.said)") }
    }

    @Test func `is not done where the time was over while the daemon was down`() async throws {
        let workplace = try Workplace(Self.settings.replacing("quorum: 2", with: "timeout: 1s"))
        try AttackLog(workplace / "auth.log").fail(Attacker(number: 1), times: 5)
        let first = try await workplace.serve()
        let id = try await until("it is asked", every: .milliseconds(20)) {
            try await workplace.riposte("approval", "list", "--all", "-o", "ndjson").records().first?["id"]?.string
        }
        try await first.kill()
        try await until("its time is over", every: .milliseconds(100)) {
            let shown = try await workplace.riposte("approval", "show", id).output
            return shown.contains("its time is over") || shown.contains("not let through by anybody within 1s") ? true : nil
        }
        let second = try await workplace.serve()
        let late = try await answer(workplace, "grant", id, as: "ann")
        #expect(late.code == 1 && late.errors.contains("not let through by anybody within 1s"), "\(late.all)")
        #expect(try await workplace.banned() == [])
        #expect(try await second.terminate() == 0)
    }
}

@Suite(.serialized) struct `what shadow tells` {
    @Test func `of the demo's log is who would have been blocked and who of them signed in later`() async throws {
        let workplace = try Workplace(nil)
        let outcome = try await workplace.riposte("replay", Program.project + "/Examples/demo/auth.log")
        #expect(outcome.output.contains("4 addresses would have been blocked, 1 of them signed in successfully later"), "\(outcome.all)")
        #expect(outcome.output.contains("1 account would have been locked, it signed in successfully later"), "\(outcome.all)")
        #expect(outcome.output.contains("203.0.113.99  signed in once"))
    }

    @Test func `is kept over a kill, and told of a sign-in that came after it`() async throws {
        let workplace = try Workplace(Workplace.settings.replacing("trigger:", with: "mode: shadow\n      trigger:"))
        let log = try AttackLog(workplace / "auth.log")
        let attacker = Attacker(number: 1)
        let first = try await workplace.serve()
        try log.fail(attacker, times: 5)
        try await until("it is noted", every: .milliseconds(100)) {
            try await workplace.riposte("shadow", "report").output.contains("1 address would have been blocked") ? true : nil
        }
        try await first.kill()
        let second = try await workplace.serve()
        try log.write(
            "\(SystemClock().now() + .seconds(1)) web01 sshd[7]: Accepted password for carol from \(attacker.address) port 4711 ssh2\n")
        try await until("the sign-in is noted", every: .milliseconds(200)) {
            let text = try await workplace.riposte("shadow", "report").output
            return text.contains("it signed in successfully later (1 while it would have held)") ? true : nil
        }
        #expect(try await workplace.banned() == [])
        #expect(try await second.terminate() == 0)
    }
}
