import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `lock_account` {
    private func lock(_ slug: PlaybookSlug = "p", _ minutes: Int? = nil) -> Playbook {
        let parameters: [String: JSONValue] = minutes.map { ["duration_minutes": .int(Int64($0))] } ?? [:]
        return Playbook(slug, triggers: [Trigger()], steps: [Step(.lockAccount, parameters: parameters)])
    }

    private func attack(
        _ id: AnomalyID, _ detector: DetectorName = .bruteForceByUser, from address: String, at time: Timestamp = noon
    ) -> Anomaly {
        anomaly(id, detector, .critical, from: address, users: ["alice"], at: time)
    }

    @Test func `locks for thirty minutes where nothing is said, and unlocks by itself`() async throws {
        let bench = try Bench([lock()])
        let report = try #require(try await bench.answer(attack("a", from: "203.0.113.1")).first)
        #expect(report.context["locked_account"] == "alice")
        #expect(report.context["locked_until"] == (noon + .minutes(30)).contextValue)
        #expect(report.context["lock_enforced"] == false)
        #expect(report.steps.first?.outcome.message.contains("nothing enforces yet") == true)
        try await bench.pass(.minutes(30))
        #expect(!bench.locks("alice"))
    }

    @Test func `locks nobody for more than thirty minutes a day without a sign that the attacker got in`() async throws {
        let bench = try Bench([lock("p", 600)])
        let first = try #require(try await bench.answer(attack("a", from: "203.0.113.1")).first)
        #expect(first.context["locked_until"] == (noon + .minutes(30)).contextValue)
        try await bench.pass(.hours(3))
        let second = try #require(try await bench.answer(attack("b", from: "203.0.113.2", at: noon + .hours(3))).first)
        #expect(second.story == ["lock_account alice failed"])
        #expect(second.steps.first?.outcome.message.hasPrefix("alice has been locked for 30m in the last 24 hours already") == true)
        #expect(!bench.locks("alice"))
        try await bench.pass(.hours(22))
        let nextDay = try #require(try await bench.answer(attack("c", from: "203.0.113.3", at: noon + .hours(25))).first)
        #expect(nextDay.story == ["lock_account alice succeeded"])
    }

    @Test func `gives what is left of the thirty minutes`() async throws {
        let bench = try Bench([lock("p", 20)])
        try await bench.answer(attack("a", from: "203.0.113.1"))
        try await bench.pass(.hours(1))
        let second = try #require(try await bench.answer(attack("b", from: "203.0.113.2", at: noon + .hours(1))).first)
        #expect(second.context["locked_until"] == (noon + .minutes(70)).contextValue)
    }

    @Test func `counts a lock that was undone only for as long as it held`() async throws {
        let bench = try Bench([lock("p", 30)])
        try await bench.answer(attack("a", from: "203.0.113.1"))
        try await bench.pass(.minutes(10))
        try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
        let second = try #require(try await bench.answer(attack("b", from: "203.0.113.2", at: noon + .minutes(10))).first)
        #expect(second.context["locked_until"] == (noon + .minutes(30)).contextValue)
    }

    @Test func `locks for as long as it is told where the attacker got in`() async throws {
        let bench = try Bench([lock("p", 600)])
        try await bench.answer(attack("a", from: "203.0.113.1"))
        try await bench.pass(.hours(1))
        let taken = try #require(
            try await bench.answer(attack("b", .successAfterFailures, from: "203.0.113.1", at: noon + .hours(1))).first)
        #expect(taken.context["locked_until"] == (noon + .minutes(660)).contextValue)
    }

    @Test func `locks for as long as a person says`() async throws {
        let bench = try Bench([lock("p", 600)])
        let report = try await bench.responder.runPlaybook("p", context: ["user": "alice"])
        #expect(report.context["locked_until"] == (noon + .minutes(600)).contextValue)
    }

    @Test func `leaves the lock of another incident standing`() async throws {
        let bench = try Bench([lock("p", 60)])
        let first = try await bench.responder.runPlaybook("p", context: ["user": "alice"])
        _ = try await bench.responder.runPlaybook("p", context: ["user": "alice"])
        try await bench.responder.undo(first.incidentID, actor: "ann")
        #expect(bench.locks("alice"))
        try await bench.pass(.hours(1))
        #expect(!bench.locks("alice"))
    }

    @Test func `is not extended by attempts while locked`() async throws {
        let bench = try Bench([lock("p", 30)])
        try await bench.answer(attack("a", from: "203.0.113.1"))
        try await bench.pass(.minutes(29))
        try await bench.answer(attack("b", from: "203.0.113.1", at: noon + .minutes(29)))
        try await bench.pass(.minutes(1))
        #expect(!bench.locks("alice"))
    }
}
