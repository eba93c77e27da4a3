import Riposte
import Testing

/// Commands about effects, undo, feedback and figures, with the daemon up and with it down.
@Suite(.serialized) struct `the commands of trust` {
    private func withAnswer(daemon isUp: Bool, _ body: (Workplace, _ incident: String) async throws -> Void) async throws {
        let workplace = try Workplace("store: riposte.db\nshipped_playbooks: all\n")
        let daemon = isUp ? try await workplace.serve() : nil
        let run = try await workplace.riposte(
            "playbook", "run", "brute_force_response", "--context", "ip=203.0.113.7", "--context", "user=alice", "--reason", "drill")
        #expect(run.output.contains("block_ip 203.0.113.7: succeeded"), "\(run.all)")
        let incident = try #require(try await workplace.riposte("incident", "list", "-o", "ndjson").records().first?["id"]?.string)
        try await body(workplace, incident)
        guard let daemon else { return }
        #expect(daemon.child.exitCode == nil, "\(daemon.said)")
        #expect(try await daemon.terminate() == 0)
    }

    @Test(arguments: [false, true])
    func `list effects, tell one's whole chain, preview and take it back`(isUp: Bool) async throws {
        try await withAnswer(daemon: isUp) { workplace, incident in
            let effects = try await workplace.riposte("effect", "list", "-o", "ndjson").records()
            #expect(Set(effects.compactMap { $0["kind"]?.string }) == ["ban", "account.lock"])
            let ban = try #require(effects.first { $0["kind"]?.string == "ban" }?["id"]?.string)
            let shown = try await workplace.riposte("effect", "show", ban)
            for part in [
                "ban on 203.0.113.7", "asked by", "drill", "brute_force_response, revision", "1 of 3: block_ip", incident, "lifts the ban",
            ] {
                #expect(shown.output.contains(part), "\(part): \(shown.all)")
            }
            let preview = try await workplace.riposte("effect", "undo", ban, "--dry-run")
            #expect(preview.code == 0 && preview.output.contains("ban on 203.0.113.7: would be taken back"), "\(preview.all)")
            #expect(try await workplace.banned() == ["203.0.113.7"])
            let undo = try await workplace.riposte("effect", "undo", String(ban.dropFirst(4).prefix(8)), "--reason", "mistake")
            #expect(undo.code == 0 && undo.output.contains("ban on 203.0.113.7: taken back"), "\(undo.all)")
            #expect(try await workplace.banned() == [])
            let over = try await workplace.riposte("effect", "list", "--state", "ended").output
            #expect(over.contains(ban) && over.contains(": mistake"))
            #expect(try await workplace.riposte("effect", "undo", ban).output.contains("over already, ended"))
        }
    }

    @Test(arguments: [false, true])
    func `take back a run, and a stretch of time`(isUp: Bool) async throws {
        try await withAnswer(daemon: isUp) { workplace, _ in
            let run = try #require(try await workplace.riposte("run", "list", "-o", "ndjson").records().first?["id"]?.string)
            let shown = try await workplace.riposte("run", "show", run)
            #expect(shown.output.contains("ban on 203.0.113.7") && shown.output.contains("asked by"), "\(shown.all)")
            let undo = try await workplace.riposte("run", "undo", run)
            #expect(undo.code == 0 && undo.output.contains("account.lock on user:alice: taken back"), "\(undo.all)")
            _ = try await workplace.riposte("decision", "add", "203.0.113.9")
            let preview = try await workplace.riposte("undo", "--since", "1h", "--dry-run")
            #expect(preview.output.contains("ban on 203.0.113.9: would be taken back"), "\(preview.all)")
            let slip = try await workplace.riposte("undo", "--since", "1h", "--playbook", "manual_decison")
            #expect(slip.code == 1 && slip.errors.contains("did you mean “manual_decision”?"), "\(slip.all)")
            let all = try await workplace.riposte("undo", "--since", "1h", "--playbook", "manual_decision")
            #expect(all.code == 0 && all.output.contains("ban on 203.0.113.9: taken back"), "\(all.all)")
            #expect(try await workplace.banned() == [])
            #expect(try await workplace.riposte("undo", "--since", "soon").code == 64)
        }
    }

    @Test(arguments: [false, true])
    func `carry an incident through its life, and a false positive into the report`(isUp: Bool) async throws {
        try await withAnswer(daemon: isUp) { workplace, incident in
            #expect(try await workplace.riposte("incident", "assign", incident, "ann").output.contains("is assigned to ann"))
            #expect(try await workplace.riposte("incident", "note", incident, "our own scanner").code == 0)
            #expect(try await workplace.riposte("incident", "close", incident).code == 1)
            let resolved = try await workplace.riposte(
                "incident", "resolve", incident, "--false-positive", "--note", "drill", "--cause", "a drill", "--lessons", "say so before")
            #expect(resolved.code == 0, "\(resolved.all)")
            #expect(resolved.output.contains("\(incident) is a false positive"))
            #expect(resolved.output.contains(": 203.0.113.7, user:alice"), "left alone: \(resolved.all)")
            #expect(try await workplace.banned() == [])
            let record = try #require(try await workplace.riposte("incident", "show", incident, "-o", "ndjson").records().first)
            #expect(record["verdict_id"] == 1 && record["verdict"] == "False Positive" && record["status"] == "resolved")
            #expect(record["cause"] == "a drill" && record["time_to_resolve_seconds"] != nil)
            #expect(try await workplace.riposte("incident", "close", incident, "--note", "seen").output.contains("is closed"))
            #expect(try await workplace.riposte("incident", "reopen", incident).output.contains("is reopened"))
            let report = try await workplace.riposte("report", "-o", "ndjson").records()
            let playbook = try #require(report.first { $0["kind"] == "playbook" })
            #expect(playbook["name"] == "brute_force_response" && playbook["false_positives"] == 1 && playbook["false_positive_share"] == 1)
            #expect(report.last?["counts"]?["taken_back"] == 2)
            #expect(try await workplace.riposte("report").output.contains("2 taken back by people"))
        }
    }
}
