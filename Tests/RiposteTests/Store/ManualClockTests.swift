import Riposte
import RiposteTesting
import Testing

@Suite struct `a manual clock` {
    private let start = ManualClock.defaultStart

    @Test func `stands still until it is moved`() {
        let clock = ManualClock()
        #expect(clock.now().description == "2026-11-20T12:00:00Z")
        clock.advance(by: .minutes(2))
        #expect(clock.now() == start + .minutes(2))
        clock.advance(to: start)
        #expect(clock.now() == start + .minutes(2), "advancing never goes back")
        clock.set(start - .hours(1))
        #expect(clock.now() == start - .hours(1))
    }

    @Test func `wakes whoever is due and nobody else`() async throws {
        let clock = ManualClock()
        let first = Task { try await clock.sleep(until: start + .seconds(10)) }
        let second = Task { try await clock.sleep(until: start + .seconds(20)) }
        await clock.waitForSleepers(2)
        #expect(clock.nextDeadline == start + .seconds(10))
        clock.advance(by: .seconds(9))
        #expect(clock.sleepers == 2)
        clock.advance(by: .seconds(1))
        #expect(clock.sleepers == 1)
        try await first.value
        clock.set(start + .hours(5))
        try await second.value
        #expect(clock.sleepers == 0)
        #expect(clock.nextDeadline == nil)
    }

    @Test func `a sleep until the past returns at once`() async throws {
        let clock = ManualClock()
        try await clock.sleep(until: start)
        try await clock.sleep(until: start - .hours(1))
    }

    @Test func `a cancelled sleep ends, asleep already or not`() async throws {
        let clock = ManualClock()
        let asleep = Task { try await clock.sleep(until: start + .seconds(1)) }
        await clock.waitForSleepers(1)
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(clock.sleepers == 0)
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: start + .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await early.value }
        let watching = Task { await clock.waitForSleepers(5) }
        watching.cancel()
        await watching.value
    }

    @Test func `that runs by itself jumps to every deadline`() async throws {
        let clock = ManualClock(autoAdvances: true)
        try await clock.sleep(until: start + .hours(3))
        try await clock.sleep(until: start + .hours(1))
        #expect(clock.now() == start + .hours(3))
        #expect(clock.sleepers == 0)
    }
}
