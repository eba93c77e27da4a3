import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `the readiness` {
    private let full = StoreError(.cannotWrite, "the disk is full")

    private func readiness(
        _ store: StoreHealth = StoreHealth(), sources: [SourceName: SourceHealth] = [:], enforcers: [EnforcerStatus] = [],
        channels: [ChannelHealth] = [], at now: Timestamp = noon
    ) -> Readiness { Readiness(store: store, sources: sources, enforcers: enforcers, channels: channels, at: now) }

    @Test func `is ready where nothing is amiss`() {
        let readiness = readiness(
            sources: ["log": SourceHealth(state: .following)], enforcers: [EnforcerStatus("firewall", at: noon)],
            channels: [ChannelHealth("slack")])
        #expect(readiness.state == .ready)
        #expect(readiness.description == "ready")
    }

    @Test func `names a store that cannot be written, and since when, until a write is on disk`() {
        var store = StoreHealth()
        store.failed(full, isWrite: true, at: noon)
        store.failed(full, isWrite: true, at: noon + .seconds(2))
        #expect(readiness(store).state == .notReady)
        #expect(readiness(store).reasons == [.init(.store, "the disk is full", since: noon, isBlocking: true)])
        store.written(at: noon + .seconds(3))
        #expect(readiness(store).state == .ready)
    }

    @Test func `does not hold a batch that was at fault itself against the store`() {
        var store = StoreHealth()
        store.failed(StoreError(.conflict, "says something else"), isWrite: true, at: noon)
        #expect(readiness(store).state == .ready)
    }

    @Test func `remembers a read that failed for ten seconds, whatever was written since`() {
        var store = StoreHealth()
        store.failed(StoreError(.corrupt, "damaged"), isWrite: false, at: noon)
        store.written(at: noon + .seconds(1))
        #expect(readiness(store, at: noon + .seconds(9)).state == .notReady)
        #expect(readiness(store, at: noon + .seconds(10)).state == .ready)
    }

    @Test func `says that the lease has run out, also where the disk gives no answer at all`() {
        var store = StoreHealth()
        store.leased(until: noon + .seconds(10), at: noon)
        #expect(readiness(store, at: noon + .seconds(9)).state == .ready)
        let late = readiness(store, at: noon + .seconds(10))
        #expect(late.state == .notReady)
        #expect(late.reasons.map(\.part) == [.lease])
    }

    @Test func `gives a source half a minute, and names it then`() {
        let missing = SourceHealth(state: .waiting(since: noon, reason: "no such file"))
        #expect(readiness(sources: ["log": missing], at: noon + .seconds(29)).state == .ready)
        let late = readiness(sources: ["log": missing], at: noon + .seconds(30))
        #expect(late.state == .notReady)
        #expect(late.description == "not ready: source log: no such file")
        #expect(late.reasons.first?.since == noon)
        #expect(readiness(sources: ["log": SourceHealth(state: .failed(reason: "gone"))]).state == .notReady)
    }

    @Test func `is not ready while an enforcer fails, and degraded after one had drifted`() {
        var failing = EnforcerStatus("firewall", at: noon)
        failing.failed("not permitted", at: noon)
        #expect(readiness(enforcers: [failing]).description == "not ready: enforcer firewall: decisions are not carried out: not permitted")
        var drifted = EnforcerStatus("firewall", at: noon)
        drifted.reconciled(EnforcementDrift(), decisions: 1, at: noon)
        drifted.reconciled(EnforcementDrift(missing: 2), decisions: 2, at: noon)
        #expect(readiness(enforcers: [drifted]).state == .degraded)
        #expect(readiness(enforcers: [drifted]).description.contains("2 missing"))
    }

    @Test func `is degraded while people are not told`() {
        var slack = ChannelHealth("slack")
        slack.failed("status 500", isGivenUp: false, at: noon)
        slack.failed("status 404", isGivenUp: true, at: noon + .seconds(1))
        let reason = readiness(channels: [slack]).reasons.first
        #expect(reason?.description == "channel slack: people are not told: status 404 (1 given up)")
        #expect(reason?.since == noon)
        #expect(readiness(channels: [slack]).state == .degraded)
        slack.restsUntil = noon + .minutes(5)
        let resting = "channel slack: people are not told: status 404 (1 given up); it rests until 2026-11-20T12:05:00Z"
        #expect(readiness(channels: [slack]).reasons.map(\.description) == [resting])
        #expect(readiness(channels: [slack], at: noon + .minutes(5)).reasons.first?.description == reason?.description)
        slack.delivered(at: noon + .seconds(2))
        #expect(readiness(channels: [slack]).state == .ready)
    }

    @Test func `puts first what keeps it from being ready`() {
        let readiness = Readiness([
            .init(.channel, "a", since: nil, isBlocking: false), .init(.store, "b", since: nil, isBlocking: true),
        ])
        #expect(readiness.reasons.map(\.part) == [.store, .channel])
        #expect(readiness.state == .notReady)
    }
}

@Suite struct `a complaint` {
    private func news(_ complaints: [(text: String, after: Int)]) -> [Bool] {
        var complaint = Complaint()
        return complaints.map { complaint.isNews($0.text, at: noon + .seconds($0.after)) }
    }

    @Test func `is news once, when it changes, and again after a minute`() {
        #expect(
            news([("full", 0), ("full", 59), ("read-only", 59), ("full", 59), ("full", 118), ("full", 119)])
                == [true, false, true, true, false, true])
    }

    @Test func `is news after the clock was set back`() {
        #expect(news([("full", 0), ("full", -3600)]) == [true, true])
    }
}
