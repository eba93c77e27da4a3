import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a playbook in the store` {
    private func store(
        _ bench: Bench, _ slug: PlaybookSlug = "stored", _ revision: Int = 1, actions: JSONValue = ["log_event"], isEnabled: Bool = true
    ) async throws {
        let playbook = StoredPlaybook(
            slug: slug, revision: revision, definition: ["trigger": [:], "actions": actions], isEnabled: isEnabled, author: "ann", at: noon)
        try await bench.disk.commit(WriteBatch([.putPlaybook(playbook)]))
    }

    @Test func `is there when the responder starts, and answers`() async throws {
        let bench = try Bench()
        try await store(bench)
        let report = try #require(try await bench.answer(anomaly()).first)
        #expect(report.story == ["log_event succeeded"])
        #expect(try await bench.disk.run(report.runID)?.revision == "r1")
    }

    @Test func `counts in its latest revision, and a run finishes on the one it began with`() async throws {
        let bench = try Bench()
        try await store(bench, actions: ["log_event", "block_ip"])
        let runs = try await bench.responder.handle(anomaly())
        try await store(bench, "stored", 2, actions: ["lock_account"])
        try await bench.responder.reloadStoredPlaybooks()
        try await bench.responder.drain()
        #expect(try await bench.reports(runs).first?.story == ["log_event succeeded", "block_ip 203.0.113.9 succeeded"])
        let next = try await bench.responder.runPlaybook("stored", context: ["user": "alice"])
        #expect(next.story == ["lock_account alice succeeded"])
        #expect(try await bench.disk.revisions(of: "stored").count == 2)
    }

    @Test func `is switched off and on by its record`() async throws {
        let bench = try Bench()
        try await store(bench, isEnabled: false)
        #expect(try await bench.answer(anomaly("a")).isEmpty)
        try await store(bench, "stored", 2)
        try await bench.responder.reloadStoredPlaybooks()
        #expect(try await bench.answer(anomaly("b")).count == 1)
    }

    @Test func `that no longer loads is set aside and shown, and the others run`() async throws {
        let bench = try Bench()
        try await store(bench, "broken", actions: ["blok_ip"])
        try await store(bench, "worse", actions: [])
        try await store(bench)
        #expect(try await bench.answer(anomaly()).map(\.playbook) == ["stored"])
        #expect(bench.responder.playbooksSetAside.map(\.record.slug) == ["broken", "worse"])
        #expect(bench.responder.playbooksSetAside.first?.findings.first?.suggestion == "did you mean “block_ip”?")
    }

    @Test func `is set aside where a file has its slug`() async throws {
        let bench = try Bench([Playbook("stored", triggers: [Trigger()], steps: [Step(.blockIP)])])
        try await store(bench)
        #expect(try await bench.answer(anomaly()).map(\.story) == [["block_ip 203.0.113.9 succeeded"]])
        #expect(bench.responder.playbooksSetAside.map(\.record.slug) == ["stored"])
    }

    @Test func `is looked at again when the action that it lacked is registered`() async throws {
        let bench = try Bench()
        try await store(bench, actions: ["mine"])
        try await bench.responder.recover()
        #expect(bench.responder.playbooksSetAside.count == 1)
        try bench.responder.extend("mine") { _ in .success("") }
        #expect(bench.responder.playbooksSetAside.isEmpty)
        #expect(try await bench.answer(anomaly()).map(\.story) == [["mine succeeded"]])
    }

    @Test func `is looked at again when the file that had its slug is gone`() async throws {
        let bench = try Bench([Playbook("stored", triggers: [Trigger()], steps: [Step(.blockIP)])])
        try await store(bench)
        try await bench.responder.recover()
        try bench.responder.replacePlaybooks([])
        #expect(bench.responder.playbooks.map(\.steps.first?.action) == [.logEvent])
    }

    @Test func `and a file: a reload that fails keeps what there was`() async throws {
        let bench = try Bench([Playbook("file", triggers: [Trigger()], steps: [Step(.blockIP)])])
        let error = #expect(throws: ResponderError.self) {
            try bench.responder.replacePlaybooks([LocatedPlaybook(playbook: Playbook("file", steps: [Step("nonsense")]))])
        }
        #expect(error?.code == .invalidPlaybooks)
        #expect(try await bench.answer(anomaly()).map(\.story) == [["block_ip 203.0.113.9 succeeded"]])
    }
}
