import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the guard` {
    private let guarded = ProtectedTargets(
        networks: ["198.51.100.0/28", "2001:db8:1::/64"].compactMap { AddressRange($0) },
        ownAddresses: ["192.0.2.10"].compactMap { IPAddress($0) },
        users: ["backup"])

    @Test(arguments: [
        "127.0.0.1", "127.9.9.9", "::1", "192.0.2.10", "192.0.2.0/24", "198.51.100.3", "198.51.100.0/24", "2001:db8:1::7",
        "2001:db8:1::/48",
        "203.0.0.0/8", "203.0.112.0/23", "0.0.0.0/0", "::/0", "2001:db8::/47", "0.0.0.0", "::", "user:root", "user:backup", "user:Root",
    ])
    func `refuses loopback, own, listed and wide targets, and root`(text: String) {
        #expect(guarded.refusal(for: target(text)) != nil)
    }

    @Test(arguments: [
        "203.0.113.9", "203.0.113.0/24", "198.51.100.16", "2001:db8:2::/48", "2001:db8:2::1", "user:alice", "user:rooter", "session:4f2a",
    ])
    func `lets others be acted on`(text: String) {
        #expect(guarded.refusal(for: target(text)) == nil)
    }

    @Test func `refuses at the step, touches nothing, and says so in the journal`() async throws {
        let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP), Step(.lockAccount), Step(.logEvent)])
        let bench = try Bench([playbook], configuration: .init(protected: guarded))
        let report = try #require(try await bench.answer(anomaly("a", from: "198.51.100.3", users: ["root"])).first)
        #expect(report.story == ["block_ip 198.51.100.3 refused", "lock_account root refused", "log_event succeeded"])
        #expect(report.status == .partial)
        let records = try await bench.disk.journal(of: report.runID).map(\.record)
        #expect(
            records.contains {
                if case .outcome(_, let outcome) = $0 {
                    outcome.kind == .refused && outcome.message == "refused: 198.51.100.3 lies in the protected network 198.51.100.0/28"
                } else {
                    false
                }
            })
        #expect(!records.contains { if case .intent(let path, _) = $0 { path.index < 2 } else { false } })
        #expect(bench.enforcer.inForce.isEmpty)
        #expect(!bench.locks("root"))
        #expect(try await bench.effects().isEmpty)
    }

    @Test func `refuses a target that the step's own parameters name`() async throws {
        let steps = ["203.0.0.0/8", "::/0", "127.0.0.1"].map { Step(.blockIP, parameters: ["cidr": .string($0)]) }
        let bench = try Bench([Playbook("p", steps: steps + [Step(.lockAccount, parameters: ["user": "root"])])])
        let report = try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        #expect(report.steps.map(\.outcome.kind) == [.refused, .refused, .refused, .refused])
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `refuses in shadow too, so that the record says what would have happened`() async throws {
        var shadow = Playbook.bruteForceResponse
        shadow.mode = .shadow
        let bench = try Bench([shadow])
        #expect(try await bench.answer(anomaly("a", from: "127.0.0.1")).first?.steps.first?.outcome.kind == .refused)
    }

    @Test func `refuses an effect that an action plans on somebody else`() async throws {
        struct Sneaky: ReversibleAction {
            let name: ActionName = "sneaky"
            func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
                [PlannedEffect(kind: .accountLock, target: .user("root"), expiresAt: context.now + .minutes(1))]
            }
            func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult { .success("locked out") }
            func undo(_ effect: Effect) async throws -> ActionResult { .success("") }
        }
        let bench = try Bench([Playbook("p", steps: [Step("sneaky")])], actions: { _, _ in [Sneaky()] })
        #expect(try await bench.responder.runPlaybook("p").story == ["sneaky refused"])
    }

    @Test func `refuses a decision by hand`() async throws {
        let bench = try Bench(configuration: .init(protected: guarded))
        let error = try await #require(throws: ResponderError.self) {
            try await bench.responder.addDecision(target("198.51.100.1"), duration: nil, actor: "ann", reason: "")
        }
        let incident = try #require(try await bench.incidents.first)
        #expect(error.message == "refused: 198.51.100.1 lies in the protected network 198.51.100.0/28 (recorded in \(incident.id))")
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `refuses at publication, whatever an action asks for`() async throws {
        let board = DecisionBoard(protected: guarded)
        let effect = Effect(
            id: "eff-1", kind: .ban, target: target("198.51.100.3"), action: .blockIP, expiresAt: nil, incidentID: "inc-1", runID: "run-1",
            step: StepPath(0), playbook: "p", createdAt: noon)
        await #expect(throws: EnforcementError.self) { try await board.claim(effect) }
        board.restore([effect])
        #expect(board.snapshot.count == 0)
    }
}
