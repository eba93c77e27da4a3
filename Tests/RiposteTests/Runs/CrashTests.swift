import RiposteTesting
import Testing

@testable import Riposte

/// D1 to D4: nothing is lost, nothing is done twice under another key, nothing is left in force, the record is true.
@Suite struct `a process that stops` {
    /// How it ends where nothing happens, and how many places there are to stop at.
    private func uninterrupted() async throws -> (ending: CrashScenario.Ending, calls: Int, steps: Int) {
        let scenario = CrashScenario()
        let (bench, outside) = try scenario.process()
        try await scenario.live(bench)
        return (try await scenario.ending(bench), bench.store.calls, outside.steps)
    }

    @Test func `at no point is told apart: the scenario itself ends well`() async throws {
        let (ending, calls, steps) = try await uninterrupted()
        #expect(ending.incidents.count == 2 && ending.runs.count == 8)
        #expect(ending.approvals.count == 4 && ending.approvals.count { $0.contains(" granted ") } == 2)
        #expect(ending.violations.isEmpty && ending.held.isEmpty && ending.openEffects.isEmpty)
        #expect(ending.notifications.count == 6, "\(ending.notifications)")
        #expect(ending.logLines.count == 6, "\(ending.logLines)")
        #expect(calls > 40 && steps > 15)
    }

    @Test(arguments: FaultyStore.Moment.allCases)
    func `at any call of its store goes on as if it had not`(moment: FaultyStore.Moment) async throws {
        let (expected, calls, _) = try await uninterrupted()
        for call in 1...calls {
            let scenario = CrashScenario()
            let (first, _) = try scenario.process(crash: (call, moment))
            _ = try? await scenario.live(first)
            #expect(first.store.hasCrashed || first.store.calls <= call)
            let (second, _) = try scenario.process()
            try await scenario.live(second)
            #expect(
                try await scenario.ending(second) == expected,
                "stopped \(moment) call \(call), \(first.store.log.dropFirst(call - 1).first ?? "")")
        }
    }

    @Test func `inside an action, an enforcer or a channel goes on as if it had not`() async throws {
        let (expected, _, steps) = try await uninterrupted()
        for step in 1...steps {
            let scenario = CrashScenario()
            let (first, _) = try scenario.process(trip: step)
            _ = try? await scenario.live(first)
            let (second, _) = try scenario.process()
            try await scenario.live(second)
            #expect(try await scenario.ending(second) == expected, "stopped at step \(step) outside")
        }
    }

    @Test func `again while it recovers goes on as if it had not`() async throws {
        let (expected, calls, _) = try await uninterrupted()
        for call in stride(from: 1, through: calls, by: 3) {
            for again in stride(from: 1 + call % 5, through: 60, by: 5) {
                let scenario = CrashScenario()
                let (first, _) = try scenario.process(crash: (call, .after))
                _ = try? await scenario.live(first)
                let (second, _) = try scenario.process(crash: (again, call % 2 == 0 ? .before : .after))
                _ = try? await scenario.live(second)
                let (third, _) = try scenario.process()
                try await scenario.live(third)
                #expect(try await scenario.ending(third) == expected, "stopped at call \(call), then at \(again)")
            }
        }
    }

    @Test func `and stays away past every expiry has nothing left in force at its next start`() async throws {
        let (_, calls, _) = try await uninterrupted()
        for call in 1...calls {
            let scenario = CrashScenario()
            let (first, _) = try scenario.process(crash: (call, .after))
            _ = try? await scenario.live(first)
            scenario.clock.advance(to: noon + .hours(9))
            let (second, _) = try scenario.process()
            try await second.responder.recover()
            #expect(second.board.snapshot.count == 0, "stopped at call \(call)")
            #expect(scenario.enforcer.inForce.isEmpty, "stopped at call \(call)")
            try await scenario.live(second)
            scenario.clock.advance(to: noon + .hours(20))
            try await second.responder.drain()
            let ending = try await scenario.ending(second)
            #expect(ending.held.isEmpty && ending.openEffects.isEmpty, "stopped at call \(call)")
            #expect(try await scenario.disk.unfinishedRuns().isEmpty, "stopped at call \(call)")
        }
    }

    @Test func `only for want of its store goes on by itself when the store is back`() async throws {
        let (expected, calls, _) = try await uninterrupted()
        for call in 1...calls {
            let scenario = CrashScenario()
            let (bench, _) = try scenario.process()
            bench.store.fail(at: call)
            for _ in 1...4 { if (try? await scenario.live(bench)) != nil { break } }
            #expect(
                try await scenario.ending(bench) == expected, "failed at call \(call), \(bench.store.log.dropFirst(call - 1).first ?? "")")
        }
    }
}
