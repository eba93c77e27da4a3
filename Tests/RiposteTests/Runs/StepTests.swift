import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a step that fails` {
    private let attack = anomaly("a", users: ["alice"])

    private func bench(
        _ steps: Step..., onError: FailurePolicy = .continue, deadline: Duration = .hours(1), isRunning: Bool = true
    ) throws -> Bench {
        try Bench(
            [Playbook("p", triggers: [Trigger()], onError: onError, deadline: deadline, steps: steps)],
            actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock(autoAdvances: isRunning))
    }

    @Test func `is tried again where the failure is transient, and no other`() async throws {
        let kinds: [(FailureKind, Int)] = [(.transient, 3), (.permanent, 1), (.unknown, 1)]
        for (kind, attempts) in kinds {
            let tries = Keys()
            let bench = try bench(Step("fails"))
            try bench.responder.extend("fails") { _ in
                tries.add("")
                return .failure("no", kind: kind)
            }
            let report = try #require(try await bench.answer(attack).first)
            #expect(tries.all.count == attempts)
            #expect(report.steps.first?.outcome.attempt == attempts)
            #expect(report.steps.count == 1)
        }
    }

    @Test func `waits between attempts, longer each time, by the clock that is written down`() async throws {
        let bench = try bench(Step("fails", retry: RetryPolicy(attempts: 3, delay: .seconds(10), hasJitter: false)))
        let times = Keys()
        try bench.responder.extend("fails") { context in
            times.add("\(context.now)")
            return .failure("no", kind: .transient)
        }
        let report = try #require(try await bench.answer(attack).first)
        #expect(times.all == [noon, noon + .seconds(10), noon + .seconds(30)].map(\.description))
        let records = try await bench.disk.journal(of: report.runID).map(\.record)
        #expect(records.count { if case .retry = $0 { true } else { false } } == 2)
        #expect(records.count { if case .intent = $0 { true } else { false } } == 3)
        #expect(records.count { if case .outcome = $0 { true } else { false } } == 1)
    }

    @Test func `waits as long as the other side asks for`() async throws {
        let bench = try bench(Step("busy"))
        try bench.responder.extend("busy") { context in
            context.attempt == 1 ? .failure("429", kind: .transient, retryAfter: .minutes(3)) : .success("at \(context.now)")
        }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.steps.first?.outcome.message == "at \(noon + .minutes(3))")
    }

    @Test func `is a recorded failure where it throws, and the next step runs`() async throws {
        struct Oops: Error {}
        let bench = try bench(Step("throws"), Step("next"))
        try bench.responder.extend("throws") { _ in throw Oops() }
        try bench.responder.extend("next") { _ in .success("ran") }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["throws failed", "next succeeded"])
        #expect(report.steps.first?.outcome.failureKind == .unknown)
    }

    @Test func `is tried again where what it throws says that this can help`() async throws {
        struct Classified: ClassifiedError { let kind: FailureKind }
        for (kind, attempts) in [(FailureKind.transient, 3), (.permanent, 1)] {
            let bench = try bench(Step("throws"))
            try bench.responder.extend("throws") { _ in throw Classified(kind: kind) }
            let outcome = try #require(try await bench.answer(attack).first?.steps.first?.outcome)
            #expect(outcome.attempt == attempts && outcome.failureKind == kind)
        }
    }

    @Test func `is given up after its time-out where it hangs, holds nobody up, and its late result is written down`() async throws {
        let bench = try bench(Step("hangs", timeout: .milliseconds(30)), Step(.blockIP))
        let release = Signal()
        try bench.responder.extend("hangs") { _ in
            await release.wait()
            return .success("at last")
        }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.story == ["hangs failed", "block_ip 203.0.113.9 succeeded"])
        #expect(report.steps.first?.outcome.message == "gave no answer within 30ms; it may have been done")
        release.set()
        try await eventually {
            try await bench.responder.drain()
            return try await bench.disk.journal(of: report.runID).contains {
                if case .late(_, let outcome) = $0.record { outcome.message == "at last" } else { false }
            }
        }
        let again = try #require(try await bench.reports([report.runID]).first)
        #expect(again.steps == report.steps)
        #expect(again.status == .partial)
    }

    @Test func `counts what a hanging action may have done as done, so that it is taken back`() async throws {
        let world = World()
        let release = Signal()
        let bench = try Bench(
            [Playbook("p", triggers: [Trigger()], steps: [Step("hold", timeout: .milliseconds(30))])],
            actions: { world, _ in
                [
                    WorldAction(in: world, canProbe: false) { moment in
                        if case .afterTouch = moment { await release.wait() }
                    }
                ]
            }, world: world)
        try await bench.answer(attack)
        #expect(try await bench.effects([.active]).count == 1)
        #expect(world.held.count == 1)
        release.set()
        try await bench.pass(.minutes(30))
        #expect(world.held.isEmpty)
    }

    @Test(arguments: [true, false])
    func `that was given up and does it after all has it taken back, also where a person undid it meanwhile`(isUndone: Bool) async throws {
        let (world, release, hung) = (World(), Signal(), Signal())
        let bench = try Bench(
            [Playbook("p", triggers: [Trigger()], steps: [Step("hold", retry: .none, timeout: .milliseconds(30))])],
            actions: { world, _ in
                [
                    WorldAction(in: world, canProbe: !isUndone) { moment in
                        guard case .beforeTouch = moment else { return }
                        hung.set()
                        await release.wait()
                    }
                ]
            }, world: world)
        let report = try #require(try await bench.answer(attack).first)
        await hung.wait()
        #expect(try await bench.effects([isUndone ? .active : .void]).count == 1)
        if isUndone { _ = try await bench.responder.undo(report.incidentID, actor: "anna", reason: "mine") }
        #expect(try await bench.effects([isUndone ? .ended : .void]).count == 1)
        release.set()
        try await eventually {
            try await bench.responder.drain()
            return world.touches.contains { $0.what == .takenBack && $0.hasChanged }
        }
        #expect(world.held.isEmpty)
        let effect = try #require(try await bench.effects([.ended]).first)
        #expect(effect.note == "its step was given up, and may have done it after all")
    }

    @Test func `is given up where planning, previewing or probing hangs`() async throws {
        struct Hanging: ReversibleAction, ProbingAction {
            let name: ActionName = "hanging"
            let signal: Signal
            func effects(_ parameters: NoParameters, in context: ResponseContext) async throws -> [PlannedEffect] {
                if context["plans"] == nil { await signal.wait() }
                return [PlannedEffect(kind: "x", target: .user("alice"), expiresAt: context.now + .hours(1))]
            }
            func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
                .failure("lost", kind: .unknown)
            }
            func preview(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
                await signal.wait()
                return .success("")
            }
            func undo(_ effect: Effect) async throws -> ActionResult { .success("") }
            func probe(_ effect: Effect) async throws -> Probe {
                await signal.wait()
                return .absent
            }
        }
        let signal = Signal()
        let step = Step("hanging", retry: .none, timeout: .milliseconds(20))
        let bench = try Bench(
            [Playbook("p", steps: [step]), Playbook("s", mode: .shadow, steps: [step])], actions: { _, _ in [Hanging(signal: signal)] })
        let planning = try await bench.responder.runPlaybook("p")
        #expect(planning.steps.first?.outcome.message == "gave no answer within 20ms")
        let probing = try await bench.responder.runPlaybook("p", context: ["plans": true])
        #expect(probing.steps.first?.outcome.message == "lost")
        #expect(try await bench.effects([.active]).count == 1)
        let shadow = try await bench.responder.runPlaybook("s", context: ["plans": true])
        #expect(shadow.steps.first?.outcome.kind == .failed)
        signal.set()
    }

    @Test func `ends the run as expired where the deadline passes before the next step`() async throws {
        let bench = try bench(Step("slow"), Step(.blockIP), deadline: .minutes(10))
        let clock = bench.clock
        try bench.responder.extend("slow") { _ in
            clock.advance(by: .minutes(11))
            return .success("done, late")
        }
        let report = try #require(try await bench.answer(attack).first)
        #expect(report.status == .expired)
        #expect(report.story == ["slow succeeded"])
        #expect(!bench.blocks("203.0.113.9"))
    }

    @Test func `leaves nothing that nobody will take back where the run expires between two attempts`() async throws {
        let patient = RetryPolicy(attempts: 5, delay: .minutes(20), isExponential: false, maximumDelay: .hours(1), hasJitter: false)
        let bench = try bench(Step("hold", retry: patient), isRunning: false)
        bench.world.fail(.done, times: 9)
        _ = try await bench.responder.handle(attack)
        let running = Task { try await bench.responder.drain() }
        await bench.clock.waitForSleepers(1)
        bench.store.failing(true)  // the process goes, in effect
        bench.clock.advance(by: .hours(2))
        await #expect(throws: StoreError.self) { try await running.value }
        let next = try Bench(actions: { world, _ in [WorldAction(in: world)] }, disk: bench.disk, clock: bench.clock, world: bench.world)
        try await next.responder.drain()
        #expect(try await bench.disk.unfinishedRuns().isEmpty)
        #expect(try await bench.effects([.pending]).isEmpty)
        #expect(try await bench.disk.runs(of: bench.incidents[0].id).map(\.status) == [.expired])
    }

    @Test func `leaves nothing pending where it is passed over at its second attempt`() async throws {
        let bench = try Bench(
            [
                Playbook(
                    "slow", triggers: [Trigger()], steps: [Step("hold", retry: RetryPolicy(delay: .minutes(5), maximumDelay: .hours(1)))]),
                Playbook("quick", steps: [Step("hold")]),
            ], actions: { world, _ in [WorldAction(in: world)] }, clock: ManualClock())
        bench.world.fail(.done, times: 1)
        _ = try await bench.responder.handle(attack)
        let running = Task { try await bench.responder.drain() }
        await bench.clock.waitForSleepers(1)
        let incident = try await bench.incidents[0].id
        let quick = try await bench.responder.runPlaybook("quick", context: ["ip": "203.0.113.9"], incident: incident)
        #expect(quick.story == ["hold 203.0.113.9 succeeded"])
        bench.clock.advance(by: .minutes(5))
        try await running.value
        let runs = try await bench.disk.runs(of: incident)
        let stories = try await bench.reports(runs.map(\.id)).map(\.story)
        #expect(stories.contains(["hold 203.0.113.9 passedOver"]))
        #expect(try await bench.effects([.pending]).isEmpty)
        try await bench.pass(.hours(1))
        #expect(bench.world.held.isEmpty)
    }

    @Test func `stops waiting for its next attempt when the responder is shut down`() async throws {
        let bench = try bench(Step("fails", retry: RetryPolicy(delay: .minutes(20), maximumDelay: .hours(1))), isRunning: false)
        try bench.responder.extend("fails") { _ in .failure("no", kind: .transient) }
        let service = Task { try await bench.responder.run() }
        _ = try await bench.responder.handle(attack)
        let incident = try await bench.incidents[0].id
        try await eventually {
            let run = try await bench.disk.runs(of: incident).first
            return try await bench.disk.journal(of: run?.id ?? "").contains { if case .retry = $0.record { true } else { false } }
        }
        service.cancel()
        let ended = Signal()
        Task {
            _ = try? await service.value
            ended.set()
        }
        try await eventually {
            bench.clock.advance(by: .seconds(1))
            return ended.isSet
        }
        #expect(bench.clock.now() < noon + .minutes(10))
        #expect(try await bench.disk.unfinishedRuns().count == 1)
    }
}
