import RiposteTesting
import Testing

@testable import Riposte

/// The specification's page "Incident Response", sentence by sentence. docs/specification.md is the table.
@Suite struct `incident response as specified` {
    private let attack = anomaly("a", .bruteForceByAddress, .high, users: ["alice"])

    // MARK: - What it is

    @Test func `the responder runs a sequence of automated actions when an anomaly matches`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        let reports = try await bench.answer(attack)
        #expect(reports.map(\.playbook) == ["brute_force_response"])
        #expect(reports.first?.steps.map(\.action) == ["block_ip", "notify_admin", "lock_account"])
        #expect(reports.first?.status == .succeeded)
    }

    @Test func `each step is a pluggable action`() async throws {
        let bench = try Bench([Playbook("mine", triggers: [Trigger()], steps: [Step("my_own")])])
        try bench.responder.extend("my_own") { _ in .success("done by a plug-in") }
        #expect(try await bench.answer(attack).first?.steps.first?.outcome.message == "done by a plug-in")
    }

    // MARK: - Shipped actions

    @Test func `block_ip adds the address to a blocklist`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        try await bench.answer(attack)
        #expect(bench.blocks("203.0.113.9"))
        #expect(bench.enforcer.inForce.map(\.target) == [target("203.0.113.9")])
        #expect(!bench.blocks("203.0.113.8"))
    }

    @Test func `lock_account locks the account for the configured duration`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        try await bench.answer(attack)
        #expect(bench.locks("alice"))
        try await bench.pass(.minutes(29))
        #expect(bench.locks("alice"))
        try await bench.pass(.minutes(1))
        #expect(!bench.locks("alice"))
    }

    @Test func `log_event writes an audit entry to a custom log channel`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.logEvent, parameters: ["channel": "audit"])])])
        try await bench.answer(attack)
        #expect(bench.log.lines.map(\.channel) == ["audit"])
    }

    @Test func `notify_admin sends a notification to the admin team through a channel`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        try await bench.answer(attack)
        try await bench.outbox.deliverDue()
        #expect(bench.slack.delivered.count == 1)
        #expect(bench.slack.delivered.first?.incidentID == (try await bench.incidents.first?.id.rawValue))
    }

    @Test(
        arguments: [
            "block_ip", "block_user", "enable_enhanced_logging", "force_password_reset", "lock_account", "log_event", "notify_admin",
            "rate_limit_ip", "require_two_factor", "revoke_sessions", "terminate_session",
        ] as [ActionName])
    func `each of the eleven actions is there, does its work, and stands in the incident`(name: ActionName) async throws {
        let parameters: [String: JSONValue] = name == .notifyAdmin ? ["channel": "slack"] : [:]
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(name, parameters: parameters)])])
        #expect(bench.responder.check().isEmpty)
        var attack = anomaly("a", .successAfterFailures, .critical, users: ["alice"])
        attack.targets.sessions = ["4f2a"]
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.map(\.outcome.kind) == [.succeeded], "\(report.steps.map(\.outcome.message))")
        let shown = try #require(try await IncidentReport(bench.incidents[0].id, from: bench.disk))
        #expect(shown.text.contains(name.rawValue))
    }

    // MARK: - Defining a playbook

    @Test func `the specification's playbooks load as they are written`() throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        #expect(bench.responder.check().allSatisfy { $0.level == .warning })
        #expect(bench.responder.playbooks.map(\.slug) == ["brute_force_response", "credential_stuffing_response"])
    }

    @Test func `a trigger may hold detector and severity, one of them, or neither`() async throws {
        func matches(_ trigger: String, _ anomaly: Anomaly) throws -> Bool {
            try SpecifiedPlaybooks.read("{\"trigger\": \(trigger), \"actions\": [{\"action\": \"block_ip\"}]}", slug: "p").matches(anomaly)
        }
        let critical = anomaly("b", .credentialStuffing, .critical)
        #expect(try matches(#"{"detector": "brute_force", "severity": "high"}"#, attack))
        #expect(try !matches(#"{"detector": "brute_force", "severity": "high"}"#, critical))
        #expect(try !matches(#"{"detector": "brute_force", "severity": "critical"}"#, attack))
        #expect(try matches(#"{"detector": "credential_stuffing"}"#, critical))
        #expect(try !matches(#"{"detector": "credential_stuffing"}"#, attack))
        #expect(try matches(#"{"severity": "critical"}"#, critical))
        #expect(try !matches(#"{"severity": "critical"}"#, attack))
        #expect(try matches("{}", attack))
        #expect(try matches("{}", critical))
    }

    @Test func `a critical anomaly meets a trigger that says high`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        #expect(try await bench.answer(anomaly("a", .bruteForceByAddress, .critical)).count == 1)
    }

    @Test func `duration_minutes is in minutes`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        try await bench.answer(attack)
        try await bench.pass(.minutes(59))
        #expect(bench.blocks("203.0.113.9"))
        try await bench.pass(.minutes(1))
        #expect(!bench.blocks("203.0.113.9"))
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `a playbook may live in the store and be edited at run time`() async throws {
        let bench = try Bench()
        let definition = try JSONValue(json: SpecifiedPlaybooks.criticalAutoBlock)
        try await bench.responder.recover()
        func store(_ revision: Int, _ definition: JSONValue, isEnabled: Bool = true) async throws {
            let playbook = StoredPlaybook(
                slug: "critical-anomaly-auto-block", revision: revision, definition: definition, isEnabled: isEnabled, author: "ann",
                at: noon)
            try await bench.disk.commit(WriteBatch([.putPlaybook(playbook)]))
            try await bench.responder.reloadStoredPlaybooks()
        }
        try await store(1, definition)
        #expect(bench.responder.playbooks.map(\.name) == ["Critical anomaly auto-block"])
        #expect(try await bench.answer(anomaly("a", .credentialStuffing, .critical)).first?.status == .succeeded)
        try await store(2, definition, isEnabled: false)
        #expect(try await bench.answer(anomaly("b", .credentialStuffing, .critical, from: "198.51.100.7")).isEmpty)
    }

    @Test func `enabled switches a playbook's automatic runs`() async throws {
        var disabled = try SpecifiedPlaybooks.both
        disabled[0].isEnabled = false
        let bench = try Bench(disabled)
        #expect(try await bench.answer(attack).isEmpty)
    }

    // MARK: - Triggering

    @Test func `anomalies start playbooks by themselves where incident response is enabled`() async throws {
        let off = try Bench(try SpecifiedPlaybooks.both, configuration: .init(isEnabled: false))
        #expect(try await off.answer(attack).isEmpty)
        #expect(try await off.incidents.count == 1)
        #expect(try await off.responder.runPlaybook("brute_force_response", context: ["ip": "203.0.113.9"]).steps.count == 3)
    }

    @Test func `a playbook is run by hand by its slug with a context`() async throws {
        let bench = try Bench(try SpecifiedPlaybooks.both)
        let report = try await bench.responder.runPlaybook(
            "brute_force_response", context: ["user": AccountRef(id: "alice"), "ip": "203.0.113.7"], actor: "ann")
        #expect(report.story == ["block_ip 203.0.113.7 succeeded", "notify_admin succeeded", "lock_account alice succeeded"])
        #expect(bench.blocks("203.0.113.7"))
        #expect(bench.locks("alice"))
    }

    @Test func `each action's result is in an incident, with what triggered it, for runs by hand too`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.terminateSession), Step(.logEvent)])])
        try await bench.answer(attack)
        _ = try await bench.responder.runPlaybook("p", context: ["ip": "198.51.100.7"], actor: "ann", reason: "looked odd")
        for incident in try await bench.incidents {
            let runs = try await bench.disk.runs(of: incident.id)
            #expect(runs.count == 1)
            let report = try #require(try await bench.reports(runs.map(\.id)).first)
            #expect(report.steps.map(\.outcome.kind) == [.succeeded, .failed, .succeeded])
        }
        let triggers = try await bench.incidents.asyncFlatMap { try await bench.disk.runs(of: $0.id).map(\.trigger) }
        #expect(triggers.contains(.anomaly(attack)))
        #expect(triggers.contains(.manual(actor: "ann", reason: "looked odd")))
    }

    // MARK: - Action results

    @Test func `a result says whether it succeeded, in words, and what later actions see`() {
        let good = ActionResult.success("blocked", context: ["blocked_ip": "203.0.113.9"])
        #expect(good.success && good.message == "blocked" && good.context == ["blocked_ip": "203.0.113.9"])
        let bad = ActionResult.failure("no customer")
        #expect(!bad.success && bad.message == "no customer" && bad.context.isEmpty)
    }

    @Test func `a result's context is preserved for downstream actions in the same playbook`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("writes"), Step("reads")])])
        try bench.responder.extend("writes") { _ in .success("", context: ["ticket": 4711]) }
        try bench.responder.extend("reads") { context in .success("sees \(context["ticket"]?.description ?? "nothing")") }
        #expect(try await bench.answer(attack).first?.outcome(of: "reads")?.message == "sees 4711")
    }

    @Test func `after a failure the playbook continues, if nothing else is said`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step("fails"), Step(.blockIP)])])
        try bench.responder.extend("fails") { _ in .failure("cannot") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["fails failed", "block_ip 203.0.113.9 succeeded"])
        #expect(report.status == .partial)
    }

    @Test func `a playbook can be told to abort at a failure`() async throws {
        let text = #"{"on_error": "abort", "trigger": {}, "actions": ["fails", "block_ip"]}"#
        let bench = try Bench([try SpecifiedPlaybooks.read(text, slug: "p")])
        try bench.responder.extend("fails") { _ in .failure("cannot") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["fails failed"])
        #expect(report.status == .failed)
        #expect(!bench.blocks("203.0.113.9"))
    }
}

extension Array {
    func asyncFlatMap<Result>(_ body: (Element) async throws -> [Result]) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results += try await body(element) }
        return results
    }
}
