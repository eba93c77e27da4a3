import Logging
import RiposteTesting
import Testing

@testable import Riposte
@testable import RiposteHost

@Suite(.timeLimit(.minutes(1)), .enabled(if: TestNetwork.isPossible, "needs root, nft, and the right to make network namespaces"))
struct `a responder whose firewall somebody empties` {
    private let network: TestNetwork
    private let clock = ManualClock()
    private let log = RecordingLog()
    private let board: DecisionBoard
    private let responder: IncidentResponder

    init() throws {
        network = try TestNetwork()
        let enforcer = try NftablesEnforcer(name: "firewall", table: "riposte", store: "/r.db", clock: clock, network: network.path)
        board = DecisionBoard(enforcers: [enforcer], clock: clock)
        responder = try IncidentResponder(
            playbooks: [Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP, parameters: ["permanent": true])])],
            actions: [BlockIP(decisions: board)], decisions: board, clock: clock, logger: log.logger(.warning))
    }

    private var table: String? { get async { try? await network.nft("list table inet riposte") } }

    private func status() throws -> EnforcerStatus { try #require(board.enforcers.first) }

    private func answer(_ id: AnomalyID, from address: String) async throws {
        let source = [range(address)]
        let anomaly = Anomaly(
            id: id, detector: .bruteForceByAddress, severity: .high, targets: TargetSet(addresses: source, users: []), sources: source,
            first: noon, last: noon, count: 10, summary: "10 failed sign-ins from \(address)")
        _ = try await responder.handle(anomaly)
    }

    @Test func `has everything back within a minute, and says that it had drifted`() async throws {
        try await whileRunning {
            try await answer("a", from: "203.0.113.9")
            try await until { await table?.contains("203.0.113.9") == true }
            try await network.nft("flush ruleset")
            #expect(try status().state == .enforced, "nobody has looked yet")
            try await until(passing: .seconds(5)) { await table?.contains("203.0.113.9") == true }
            try await until(passing: .seconds(5)) { !log.lines.isEmpty }
            try await until(passing: .seconds(5)) { try status().state == .enforced }
            #expect(log.lines.map(\.text) == ["warning: what was enforced had drifted and was put right: 1 missing; there was no table"])
            #expect(try status().drift == EnforcementDrift(missing: 1, structure: ["there was no table"]))
        }
    }

    @Test func `has everything back at the next ban, if that comes first`() async throws {
        try await whileRunning {
            try await answer("a", from: "203.0.113.9")
            try await until { await table?.contains("203.0.113.9") == true }
            try await network.nft("flush ruleset")
            try await answer("b", from: "2001:db8:bad:8::/64")
            try await until { await table?.contains("2001:db8:bad:8::") == true }
            #expect(await table?.contains("203.0.113.9") == true)
            #expect(try status().state == .drifted)
        }
    }

    private func until(passing time: Duration = .zero, _ isSo: () async throws -> Bool) async throws {
        try await RiposteHostTests.until {
            clock.advance(by: time)
            return try await isSo()
        }
    }

    private func whileRunning(_ body: () async throws -> Void) async throws {
        let running = Task { try await responder.run() }
        do { try await body() } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }
}
