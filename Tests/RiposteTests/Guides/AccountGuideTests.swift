import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the guide to account back ends` {
    private let table = UserTable(users: ["alice", "bob"])
    private let shopSessions = ShopSessions()
    private let clock = ManualClock(autoAdvances: true)

    private func responder(_ steps: Step...) throws -> IncidentResponder {
        let (decisions, store) = (DecisionBoard(clock: clock), InMemoryStore())
        let outbox = OutboxService(store: store, channels: [], clock: clock, logger: Bench.quiet)
        return try IncidentResponder(
            playbooks: [Playbook("p", steps: steps)],
            actions: .shipped(
                decisions: decisions, store: store, outbox: outbox, log: RecordingEventLog(),
                accounts: [ShopAccounts(table: table)], sessions: [shopSessions]),
            store: store, decisions: decisions, outbox: outbox, clock: clock, logger: Bench.quiet)
    }

    @Test func `locks an account until the lock's time is over, and lets it go at undo`() async throws {
        let responder = try responder(Step(.lockAccount, parameters: ["duration_minutes": 30]))
        let report = try await responder.runPlaybook("p", context: ["user": "alice"])
        #expect(report.steps.first?.outcome.kind == .succeeded)
        #expect(try await table.row(of: "alice")?.isLocked == true)
        #expect(try await table.row(of: "alice")?.lockedUntil != nil)
        #expect(try await table.row(of: "bob") == UserTable.Row())
        _ = try await responder.undo(report.incidentID, actor: "ann")
        #expect(try await table.row(of: "alice") == UserTable.Row())
    }

    @Test func `leaves a lock alone that somebody else has put on`() async throws {
        try await table.set(UserTable.Row(isLocked: true), of: "alice")
        let responder = try responder(Step(.lockAccount))
        let report = try await responder.runPlaybook("p", context: ["user": "alice"])
        #expect(try await table.row(of: "alice") == UserTable.Row(isLocked: true))
        _ = try await responder.undo(report.incidentID, actor: "ann")
        #expect(try await table.row(of: "alice") == UserTable.Row(isLocked: true))
    }

    @Test func `fails where there is no such account, and is tried again where the database is down`() async throws {
        let responder = try responder(Step(.lockAccount))
        let unknown = try await responder.runPlaybook("p", context: ["user": "mallory"])
        #expect(unknown.steps.first?.outcome.failureKind == .permanent)
        await table.setDown(true)
        let down = try await responder.runPlaybook("p", context: ["user": "alice"])
        #expect(down.steps.first?.outcome.kind == .failed)
        #expect(down.steps.first?.outcome.attempt == 3)
        #expect(down.steps.first?.outcome.message.contains("the shop's database gives no answer") == true)
    }

    @Test func `ends the sessions that began before`() async throws {
        await shopSessions.begin("s1", of: "alice", at: clock.now() - .minutes(1))
        await shopSessions.begin("s2", of: "bob", at: clock.now() - .minutes(1))
        let responder = try responder(Step(.revokeSessions))
        let report = try await responder.runPlaybook("p", context: ["user": "alice"])
        #expect(report.steps.first?.outcome.message.contains("(1 known)") == true)
        #expect(try await shopSessions.terminateSession("s1", of: nil, key: "k") == .none)
        #expect(try await shopSessions.terminateSession("s2", of: nil, key: "k") == .ended(1))
    }
}
