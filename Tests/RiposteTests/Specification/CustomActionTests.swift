import Logging
import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

/// The specification's page "Custom Incident Response Actions", sentence by sentence.
@Suite struct `custom actions as specified` {
    private let attack = anomaly("a", .credentialStuffing, .critical, users: ["alice"])

    /// The smallest custom action: a name and `execute`.
    private struct FreezeAccount: SimpleAction {
        let name: ActionName = "freeze_account"
        func execute(in context: ResponseContext) async throws -> ActionResult {
            guard let user = context[.user] else { return .failure("No account to freeze.") }
            return .success("\(user.id) frozen.", context: ["frozen": user.id])
        }
    }

    private func playbook(_ steps: Step..., onError: FailurePolicy = .continue) -> Playbook {
        Playbook("p", triggers: [Trigger()], onError: onError, steps: steps)
    }

    @Test func `an action is a name and an execute that takes the context and gives a result`() async throws {
        let bench = try Bench([playbook(Step("freeze_account"))], actions: { _, _ in [FreezeAccount()] })
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.first?.outcome.message == "alice frozen.")
        #expect(report.context["frozen"] == "alice")
    }

    @Test func `the context is cumulative, and earlier actions' additions are visible to later ones`() async throws {
        let bench = try Bench([playbook(Step("one"), Step("two"), Step("three"))])
        for (name, key) in [("one", "a"), ("two", "b")] as [(ActionName, String)] {
            try bench.responder.extend(name) { _ in .success("", context: [key: name.rawValue]) }
        }
        try bench.responder.extend("three") { context in .success("\(context["a"]?.string ?? "-") \(context["b"]?.string ?? "-")") }
        #expect(try await bench.answer(attack).first?.outcome(of: "three")?.message == "one two")
    }

    @Test func `logging, error capture and context merging are the engine's, for every action`() async throws {
        struct Broken: Error, CustomStringConvertible { var description: String { "the other side hung up" } }
        let bench = try Bench([playbook(Step("throws"), Step("writes"))])
        try bench.responder.extend("throws") { _ in throw Broken() }
        try bench.responder.extend("writes") { context in
            #expect(context.logger[metadataKey: "run"] == "\(context.runID)")
            #expect(context.logger[metadataKey: "step"] == "1")
            return .success("", context: ["merged": true])
        }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.outcome(of: "throws")?.kind == .failed)
        #expect(report.outcome(of: "throws")?.message == "the other side hung up")
        #expect(report.context["merged"] == true)
    }

    @Test func `extend registers an action after the responder is built`() async throws {
        let bench = try Bench([playbook(Step("freeze_account"))])
        #expect(try await bench.answer(attack).first?.status == .failed)
        try bench.responder.extend(FreezeAccount())
        #expect(try await bench.answer(anomaly("b", from: "198.51.100.7", users: ["bob"])).first?.status == .succeeded)
    }

    @Test func `a playbook refers to a custom action by its name`() async throws {
        let playbook = try SpecifiedPlaybooks.read(SpecifiedPlaybooks.highValueAccount, slug: "high_value_account_compromise")
        let bench = try Bench([playbook])
        try bench.responder.extend("freeze_stripe_account") { context in .success("Stripe account of \(context[.user]?.id ?? "") frozen.") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["lock_account alice succeeded", "freeze_stripe_account succeeded", "notify_admin failed"])
        #expect(report.outcome(of: "freeze_stripe_account")?.message == "Stripe account of alice frozen.")
        #expect(report.outcome(of: "notify_admin")?.message == "not configured: pagerduty")
    }

    @Test func `an action may run more than once when it is retried, each time with the same key`() async throws {
        let seen = Keys()
        let bench = try Bench([playbook(Step("flaky"))])
        try bench.responder.extend("flaky") { context in
            seen.add(context.idempotencyKey) < 3 ? .failure("busy", kind: .transient) : .success("at last")
        }
        #expect(try await bench.answer(attack).first?.outcome(of: "flaky")?.attempt == 3)
        #expect(seen.all.count == 3 && Set(seen.all).count == 1)
    }

    @Test func `a block is safe to repeat`() async throws {
        let bench = try Bench([playbook(Step(.blockIP))])
        _ = try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        let again = try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        #expect(again.steps.first?.outcome.kind.isSuccess == true)
        #expect(bench.enforcer.inForce.count == 1)
    }

    @Test func `success covers a state that was already correct`() async throws {
        let bench = try Bench([playbook(Step("already"), onError: .abort)])
        try bench.responder.extend("already") { _ in .unchanged("frozen since May") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.first?.outcome.kind == .unchanged)
        #expect(report.status == .succeeded)
    }

    @Test func `failure is for what was tried and could not be done`() async throws {
        let bench = try Bench([playbook(Step("rejected"))])
        try bench.responder.extend("rejected") { _ in .failure("Stripe API rejected the freeze request.") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.first?.outcome.kind == .failed)
        #expect(report.steps.first?.outcome.message == "Stripe API rejected the freeze request.")
    }

    @Test func `missing context is a failure of that action and never a crash`() async throws {
        let bench = try Bench(
            [playbook(Step("freeze_account"), Step("needs"), Step(.lockAccount), Step(.blockIP))], actions: { _, _ in [FreezeAccount()] })
        try bench.responder.extend("needs") { context in .success(try context.require(.user).id) }
        let report = try await bench.responder.runPlaybook("p")
        #expect(report.steps.map(\.outcome.kind) == [.failed, .failed, .failed, .failed])
        #expect(report.steps[0].outcome.message == "No account to freeze.")
        #expect(report.steps[1].outcome.message == "the context has no usable “user”")
        #expect(report.steps[2].outcome.message == "lock_account needs an account (“user”), and this run has none")
        #expect(report.steps[3].outcome.message == "block_ip needs an address (“ip”), and this run has none")
    }

    @Test func `block_ip writes blocked_ip so that log_event can include it`() async throws {
        let bench = try Bench([playbook(Step(.blockIP), Step(.logEvent))])
        try await bench.answer(attack)
        #expect(bench.log.lines.first?.context["blocked_ip"] == "203.0.113.9")
    }
}

/// Keys an action was called with.
final class Keys: Sendable {
    private let state = Mutex<[String]>([])
    var all: [String] { state.withLock { $0 } }
    /// How many there are now.
    @discardableResult
    func add(_ key: String) -> Int {
        state.withLock { keys in
            keys.append(key)
            return keys.count
        }
    }
}
