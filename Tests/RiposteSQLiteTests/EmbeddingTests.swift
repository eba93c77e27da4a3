import Riposte
import RiposteSQLite
import Testing

/// The README's example, as a server would have it.
@Suite struct `a server that embeds Riposte` {
    @Test func `refuses an address whose sign-ins failed ten times`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file
        let attacker = try #require(IPAddress("203.0.113.9"))
        let bystander = try #require(IPAddress("203.0.113.10"))

        let store = try await SQLiteStore.open(path: path)
        let decisions = DecisionBoard()
        let brute = Playbook(
            "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
            steps: [Step(.blockIP, parameters: ["duration_minutes": 60])])
        let responder = try IncidentResponder(
            playbooks: [brute], actions: [BlockIP(decisions: decisions)], store: store, decisions: decisions)
        let security = EventReporter(to: responder, configuration: .init(patience: .seconds(60)))
        func isRefused(_ address: IPAddress) async -> Bool {
            await security.settle(address)
            return decisions.snapshot.verdict(for: address, at: SystemClock().now()) == .ban
        }

        await withThrowingTaskGroup(of: Void.self) { services in
            services.addTask { try await responder.run() }
            services.addTask { try await security.run() }
            for _ in 0..<9 { security.report(.loginFailed(user: "alice", ip: attacker)) }
            #expect(await !isRefused(attacker))
            security.report(.loginFailed(user: "alice", ip: attacker))
            #expect(await isRefused(attacker))
            #expect(await !isRefused(bystander))
            services.cancelAll()
            while let end = await services.nextResult() { _ = end }
        }
        try await store.close()
    }
}
