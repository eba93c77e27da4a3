import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `the calls of an enforcer` {
    private func ban(_ id: EffectID, _ text: String, until minutes: Int?) -> Effect {
        Effect(
            id: id, kind: .ban, target: target(text), action: .blockIP, expiresAt: minutes.map { noon + .minutes($0) }, incidentID: "inc-1",
            runID: "run-1", step: StepPath(0), playbook: "p", createdAt: noon)
    }

    @Test func `hand over what holds when they are made, so that a late one undoes no newer one`() async throws {
        let base = RecordingEnforcer()
        let enforcer = GatedEnforcer(base)
        let board = DecisionBoard(enforcers: [enforcer], clock: ManualClock())
        async let first = board.claim(ban("a", "203.0.113.9", until: 30))
        await enforcer.waitForCall()
        // While the first is under way: a longer one, and the end of the first.
        async let second = board.claim(ban("b", "203.0.113.9", until: 90))
        async let third = board.claim(ban("c", "198.51.100.7", until: nil))
        while board.snapshot.count < 2 || board.snapshot.all.contains(where: { $0.until == noon + .minutes(30) }) { await Task.yield() }
        enforcer.open()
        _ = try await (first, second, third)
        #expect(base.inForce.map(\.until) == [nil, noon + .minutes(90)])
        for call in base.calls {
            guard case .apply(let decisions, _) = call else { continue }
            #expect(!decisions.contains { $0.until == noon + .minutes(30) && base.calls.first != call })
        }
    }

    @Test func `are few where changes are many`() async throws {
        let base = RecordingEnforcer()
        let enforcer = GatedEnforcer(base)
        let board = DecisionBoard(enforcers: [enforcer], clock: ManualClock())
        try await withThrowingDiscardingTaskGroup { group in
            for number in 1...200 {
                group.addTask { _ = try await board.claim(ban(EffectID("e\(number)"), "203.0.113.\(number)", until: 60)) }
            }
            while board.snapshot.count < 200 { await Task.yield() }
            enforcer.open()
        }
        #expect(base.inForce.count == 200)
        #expect(base.calls.count < 20)
    }

    @Test func `carry out the others where one cannot be`() async throws {
        let base = RecordingEnforcer()
        let enforcer = GatedEnforcer(base)
        base.refusing(target("203.0.113.50"))
        let board = DecisionBoard(enforcers: [enforcer], clock: ManualClock())
        let failed = await withTaskGroup(of: Int?.self) { group in
            for number in 1...100 {
                let effect = ban(EffectID("e\(number)"), "203.0.113.\(number)", until: 60)
                group.addTask { (try? await board.claim(effect)) == nil ? number : nil }
            }
            while board.snapshot.count < 100 { await Task.yield() }
            enforcer.open()
            return await group.reduce(into: []) { failed, number in failed += [number].compactMap(\.self) }
        }
        #expect(failed == [50])
        #expect(base.inForce.count == 99)
        #expect(board.snapshot.count == 99)
    }

    @Test func `bring everything back where somebody has emptied the enforcer, and not the change alone`() async throws {
        let (base, clock) = (RecordingEnforcer(), ManualClock())
        let enforcer = BreakableEnforcer(base)
        let board = DecisionBoard(enforcers: [enforcer], clock: clock)
        _ = try await board.claim(ban("a", "203.0.113.9", until: 60))
        await board.reconcile()
        base.tamper { $0 = [:] }
        enforcer.breakDown()
        _ = try await board.claim(ban("b", "198.51.100.7", until: 60))
        #expect(base.inForce.map(\.target.value) == ["198.51.100.7", "203.0.113.9"])
        #expect(board.enforcers.map(\.state) == [.drifted])
        #expect(board.enforcers.map(\.drift) == [EnforcementDrift(missing: 2)])
    }

    @Test func `that are under way when it is compared are no drift`() async throws {
        let (slow, quick, clock) = (GatedEnforcer(RecordingEnforcer(name: "slow")), RecordingEnforcer(name: "quick"), ManualClock())
        let board = DecisionBoard(enforcers: [slow, quick], clock: clock)
        await board.reconcile()
        clock.advance(by: .minutes(1))
        async let claim = board.claim(ban("a", "203.0.113.9", until: 60))
        await slow.waitForCall()
        async let comparison: Void = board.reconcile()
        try await eventually { quick.calls.count { if case .reconcile = $0 { true } else { false } } == 2 }
        slow.open()
        _ = try await (claim, comparison)
        #expect(board.enforcers.map(\.state) == [.enforced, .enforced])
        #expect(board.enforcers.map(\.drift) == [nil, nil])
        #expect(quick.inForce.count == 1)
    }

    @Test func `lift what has run out, whoever still claims it`() async throws {
        let (enforcer, clock) = (RecordingEnforcer(), ManualClock())
        let board = DecisionBoard(enforcers: [enforcer], clock: clock)
        _ = try await board.claim(ban("a", "203.0.113.9", until: 60))
        clock.advance(by: .hours(1))
        _ = try await board.claim(ban("b", "203.0.113.9", until: 60))
        #expect(enforcer.inForce.isEmpty)
    }
}

@Suite struct `what an enforcer should hold` {
    private func bench() async throws -> Bench {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])])
        try await bench.answer(anomaly())
        return bench
    }

    private func status(_ bench: Bench) throws -> EnforcerStatus { try #require(bench.board.enforcers.first) }

    @Test func `is compared every minute, and put right where somebody has changed it`() async throws {
        let bench = try await bench()
        #expect(try status(bench).state == .enforced)
        bench.enforcer.tamper { $0 = [:] }
        bench.clock.advance(by: .seconds(59))
        try await bench.responder.reconcileEnforcers()
        #expect(bench.enforcer.inForce.isEmpty)
        bench.clock.advance(by: .seconds(1))
        try await bench.responder.reconcileEnforcers()
        #expect(bench.enforcer.inForce.map(\.target) == [target("203.0.113.9")])
        #expect(try status(bench).state == .drifted)
        #expect(try status(bench).drift == EnforcementDrift(missing: 1))
        #expect(try status(bench).since == bench.clock.now())
        bench.clock.advance(by: .minutes(1))
        try await bench.responder.reconcileEnforcers()
        #expect(try status(bench).state == .enforced)
        #expect(try status(bench).driftedAt == bench.clock.now() - .minutes(1))
    }

    @Test func `is told again as soon as it can be, after it could not`() async throws {
        let bench = try await bench()
        bench.enforcer.failing(EnforcementError("the kernel is busy"))
        bench.clock.advance(by: .minutes(1))
        try await bench.responder.reconcileEnforcers()
        #expect(try status(bench).state == .failing)
        #expect(try status(bench).error == "the kernel is busy")
        bench.enforcer.failing(nil)
        bench.enforcer.tamper { $0 = [:] }
        bench.clock.advance(by: .seconds(5))
        try await bench.responder.reconcileEnforcers()
        #expect(try status(bench).state == .enforced)
        #expect(try status(bench).error == nil)
        #expect(bench.enforcer.inForce.count == 1)
    }

    @Test func `is compared after the clock was set back, and not only when the old time comes again`() async throws {
        let bench = try await bench()
        bench.clock.set(noon - .hours(1))
        bench.enforcer.tamper { $0 = [:] }
        try await bench.responder.reconcileEnforcers()
        #expect(bench.enforcer.inForce.count == 1)
    }

    @Test func `is left alone by an engine that has lost the store to another`() async throws {
        let bench = try await bench()
        let now = bench.clock.now()
        let fence = try #require(try await bench.disk.acquireLease(holder: "old", until: now, now: now))
        bench.responder.writes(with: fence)
        _ = try #require(try await bench.disk.acquireLease(holder: "new", until: now + .seconds(10), now: now))
        bench.enforcer.tamper { $0 = [:] }
        bench.clock.advance(by: .minutes(2))
        try await bench.responder.reconcileEnforcers()
        #expect(bench.enforcer.inForce.isEmpty)
    }
}

/// Takes no change until it is made to hold everything, as a firewall whose table is gone.
private final class BreakableEnforcer: Enforcer {
    private let base: RecordingEnforcer
    private let isBroken = Mutex(false)

    init(_ base: RecordingEnforcer) { self.base = base }

    var name: EnforcerName { base.name }

    func breakDown() { isBroken.withLock { $0 = true } }

    func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        guard !isBroken.withLock(\.self) else { throw EnforcementError("the table is gone") }
        try await base.apply(decisions, lifting: lifted)
    }

    func compare(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.compare(decisions) }

    func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift {
        isBroken.withLock { $0 = false }
        return try await base.reconcile(decisions)
    }

    func remove() async throws -> Bool { try await base.remove() }
}

/// Lets no call through until it is opened.
private final class GatedEnforcer: Enforcer {
    private struct State {
        var isOpen = false
        var isCalled = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let base: RecordingEnforcer
    private let state = Mutex(State())

    init(_ base: RecordingEnforcer) { self.base = base }

    var name: EnforcerName { base.name }

    func waitForCall() async {
        while !state.withLock({ $0.isCalled }) { await Task.yield() }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.isCalled = true
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        try await base.apply(decisions, lifting: lifted)
    }

    func compare(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.compare(decisions) }
    func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift { try await base.reconcile(decisions) }
    func remove() async throws -> Bool { try await base.remove() }
}
