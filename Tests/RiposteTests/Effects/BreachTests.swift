import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `a ban that keeps nobody away` {
    private let block = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])

    private func failure(from address: String = "203.0.113.9", at time: Timestamp) -> Event {
        Event(time: time, kind: .login, outcome: .failure, address: IPAddress(address), user: "alice")
    }

    private func banned() async throws -> Bench {
        let bench = try Bench([block])
        try await bench.answer(anomaly())
        return bench
    }

    @Test func `is ineffective once its target is seen more than five seconds after it came into force`() async throws {
        let bench = try await banned()
        let since = try #require(try await bench.effects().first?.activeSince)
        await bench.responder.noteBreaches(by: [failure(at: since + .seconds(5))])
        #expect(try await bench.effects().map(\.isIneffective) == [false])
        await bench.responder.noteBreaches(by: [failure(at: since + .seconds(6)), failure(at: since + .seconds(7))])
        let effect = try #require(try await bench.effects().first)
        #expect(effect.condition(at: bench.clock.now()) == "ineffective")
        #expect(effect.breach == Effect.Breach(first: since + .seconds(6), last: since + .seconds(7), events: 2))
        let report = try #require(try await IncidentReport(effect.incidentID, from: bench.disk))
        #expect(report.text.contains("ineffective: 2 events from 203.0.113.9 while it was in force"))
        #expect(report.timeline.contains { $0.text == "ban on 203.0.113.9 is ineffective: events come from it all the same" })
        let why = try await Explanation(target("203.0.113.9"), from: bench.disk, protected: ProtectedTargets(), now: bench.clock.now())
        #expect(why.text(now: bench.clock.now()).contains("ineffective: 2 events"))
    }

    @Test func `is written down at once, and then once a minute`() async throws {
        let bench = try await banned()
        let since = try #require(try await bench.effects().first?.activeSince)
        for second in 6...40 { await bench.responder.noteBreaches(by: [failure(at: since + .seconds(second))]) }
        #expect(try await bench.effects().first?.breach?.events == 1)
        bench.clock.advance(by: .minutes(1))
        await bench.responder.noteBreaches(by: [failure(at: since + .seconds(70))])
        #expect(try await bench.effects().first?.breach?.events == 36)
    }

    @Test func `is not thought so for what others do, for what is not a sign-in, nor after its end`() async throws {
        let bench = try await banned()
        let since = try #require(try await bench.effects().first?.activeSince)
        var other = failure(at: since + .seconds(9))
        other.outcome = .unknown
        await bench.responder.noteBreaches(by: [
            failure(from: "198.51.100.7", at: since + .seconds(9)), other, failure(at: since + .hours(2)), failure(at: since - .seconds(9)),
        ])
        #expect(try await bench.effects().map(\.isIneffective) == [false])
    }

    @Test func `is noted although the store was down when it was first seen`() async throws {
        let bench = try await banned()
        let since = try #require(try await bench.effects().first?.activeSince)
        bench.store.failing(true)
        await bench.responder.noteBreaches(by: [failure(at: since + .seconds(6))])
        bench.store.failing(false)
        await bench.responder.noteBreaches(by: [failure(at: since + .seconds(8))])
        #expect(try await bench.effects().first?.breach?.events == 1)
    }
}
