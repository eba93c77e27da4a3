import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `the contract of actions` {
    private let clock = ManualClock()

    @Test func `is kept by block_ip`() async throws {
        let enforcer = RecordingEnforcer()
        let contract = ActionContract(
            BlockIP(decisions: DecisionBoard(enforcers: [enforcer], clock: clock)), parameters: ["duration_minutes": 60],
            target: target("203.0.113.9"),
            now: clock.now()
        ) { "\(enforcer.inForce.map { "\($0.target) \($0.until?.description ?? "")" })" }
        #expect(try await contract.findings() == [])
    }

    @Test func `is kept by lock_account`() async throws {
        let store = InMemoryStore()
        let (board, directory) = (DecisionBoard(clock: clock), InMemoryAccountDirectory())
        let accounts = AccountDirectories([directory], decisions: board)
        let contract = ActionContract(LockAccount(accounts: accounts, store: store), target: .user("alice"), now: clock.now()) {
            "\(directory.restrictions(on: "alice")) \(board.snapshot.all.map(\.until))"
        }
        #expect(try await contract.findings() == [])
    }

    @Test func `is kept by log_event`() async throws {
        let log = RecordingEventLog()
        let contract = ActionContract(LogEvent(log: log), now: clock.now()) { "\(log.lines.map(\.id))" }
        #expect(try await contract.findings() == [])
    }

    @Test func `is kept by notify_admin`() async throws {
        let store = InMemoryStore()
        let outbox = OutboxService(store: store, channels: [RecordingChannel()], clock: clock)
        let contract = ActionContract(NotifyAdmin(outbox: outbox), now: clock.now()) { "\(try await store.openOutboxItems().map(\.id))" }
        #expect(try await contract.findings() == [])
    }

    @Test func `is kept by the action on a world, for whatever is built on it`() async throws {
        let world = World()
        let contract = ActionContract(WorldAction(in: world), target: target("203.0.113.9"), now: clock.now()) { "\(world.held)" }
        #expect(try await contract.findings() == [])
    }

    /// A counter: everything the contract forbids, one at a time.
    private struct Careless: ReversibleAction, ProbingAction {
        enum Fault {
            case none, planTouches, previewTouches, repeats, isNeverUnchanged, undoForgets, undoRepeats, probeLies, needsNoContext
        }
        let name: ActionName = "careless"
        let fault: Fault
        let state = Counter()

        final class Counter: Sendable {
            let owners = Mutex<[String]>([])
        }

        private func add(_ owner: String) { state.owners.withLock { $0.append(owner) } }
        private func has(_ owner: String) -> Bool { state.owners.withLock { $0.contains(owner) } }

        func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
            if fault == .planTouches { add("plan") }
            return [PlannedEffect(kind: "count", target: .user("alice"), expiresAt: nil)]
        }

        func preview(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
            if fault == .previewTouches { add("preview") }
            return .success("would count")
        }

        func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
            if fault == .needsNoContext, context[.user] == nil {
                add("nobody")
                return .success("counted nobody")
            }
            _ = try context.require(.user)
            let owner = context.effects.first?.id.rawValue ?? ""
            if has(owner), fault != .repeats { return fault == .isNeverUnchanged ? .success("counted") : .unchanged("counted already") }
            add(owner)
            return .success("counted")
        }

        func undo(_ effect: Effect) async throws -> ActionResult {
            guard has(effect.id.rawValue) else { return fault == .undoRepeats ? .success("gone") : .unchanged("was not counted") }
            if fault != .undoForgets { state.owners.withLock { $0.removeAll { $0 == effect.id.rawValue } } }
            return .success("gone")
        }

        func probe(_ effect: Effect) async throws -> Probe { (fault == .probeLies) == has(effect.id.rawValue) ? .absent : .inForce }
    }

    @Test(
        arguments: [
            (.none, 0), (.planTouches, 1), (.previewTouches, 1), (.repeats, 1), (.isNeverUnchanged, 1), (.undoForgets, 1),
            (.undoRepeats, 1),
            (.probeLies, 1), (.needsNoContext, 1),
        ] as [(Careless.Fault, Int)])
    private func `finds each way to break it`(fault: Careless.Fault, least: Int) async throws {
        let action = Careless(fault: fault)
        let contract = ActionContract(action, values: ["user": "alice"], now: clock.now()) { "\(action.state.owners.withLock { $0 })" }
        let findings = try await contract.findings()
        #expect(findings.count >= least)
        #expect(least > 0 || findings == [])
    }
}
