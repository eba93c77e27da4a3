import Riposte
import RiposteSQLite
import Testing

/// The README's example, as a server would have it.
@Suite struct `a server that embeds Riposte` {
    @Test func `refuses an address whose sign-ins failed ten times`() async throws {
        let folder = try TemporaryFolder()
        let attacker = try #require(IPAddress("203.0.113.9"))
        let bystander = try #require(IPAddress("203.0.113.10"))

        let store = try await SQLiteStore.open(path: folder.file)
        let decisions = DecisionBoard()
        let brute = Playbook(
            "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
            steps: [Step(.blockIP, parameters: ["duration_minutes": 60])])
        let responder = try IncidentResponder(
            playbooks: [brute], actions: [BlockIP(decisions: decisions)], store: store, decisions: decisions)
        let detection = DetectionService(DetectionEngine())

        func signInFailed(_ user: String, from address: IPAddress) async throws {
            let event = Event(time: SystemClock().now(), kind: .login, outcome: .failure, address: address, user: user)
            for anomaly in detection.observe([event]) { try await responder.handle(anomaly) }
        }
        func isRefused(_ address: IPAddress) -> Bool { decisions.snapshot.decision(for: address, at: SystemClock().now()) != nil }

        for _ in 0..<9 { try await signInFailed("alice", from: attacker) }
        try await responder.drain()
        #expect(!isRefused(attacker))
        try await signInFailed("alice", from: attacker)
        try await responder.drain()
        #expect(isRefused(attacker))
        #expect(!isRefused(bystander))
        try await store.close()
    }
}
