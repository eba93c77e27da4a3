internal import Synchronization

/// Finds out which bans do not keep their targets away: a content network stands in front, or nothing carries them out.
final class BreachWatch: Sendable {
    /// What happens sooner after a ban came into force was under way already.
    static let grace = Duration.seconds(5)
    /// How often the growing count of an effect is written.
    private static let interval = Duration.minutes(1)

    private let engine: RunEngine
    private let written = Mutex<[EffectID: Timestamp]>([:])

    init(engine: RunEngine) { self.engine = engine }

    /// Takes note of what banned addresses did. The answer is the effects that were written down as ineffective now, each at
    /// most once a minute.
    func note(_ breaches: [(decision: Decision, breach: Effect.Breach)]) async throws -> [Effect] {
        var found: [Effect] = []
        for (decision, breach) in breaches {
            for id in decision.owners {
                if let effect = try await note(breach, of: id) { found.append(effect) }
            }
        }
        return found
    }

    private func note(_ breach: Effect.Breach, of id: EffectID) async throws -> Effect? {
        guard let effect = engine.ledger[id], effect.state == .active, let since = effect.activeSince, breach.last > since + Self.grace
        else { return nil }
        let changed = engine.ledger.update(id) { effect in
            if effect.breach == nil { effect.breach = breach } else { effect.breach?.add(breach) }
        }
        let now = engine.clock.now()
        guard let changed, written.withLock({ ($0[id].map { now - $0 >= Self.interval } ?? true) }) else { return nil }
        do { try await engine.commit(WriteBatch([.putEffect(changed)])) } catch {
            _ = engine.ledger.update(id) { $0.breach = effect.breach }
            throw error
        }
        written.withLock { written in
            if written.count > 1000 { written = written.filter { engine.ledger[$0.key] != nil } }
            written[id] = now
        }
        return changed
    }
}

extension DecisionBoard {
    /// The bans in force that these events come from the other side of, past the time in which they may. Costs nothing
    /// while nothing is in force; an event is looked up once.
    func breaches(by events: [Event]) -> [(decision: Decision, breach: Effect.Breach)] {
        let snapshot = snapshot
        guard !snapshot.isEmpty else { return [] }
        var breaches: [DecisionKey: (decision: Decision, breach: Effect.Breach)] = [:]
        for event in events where event.outcome != .unknown {
            guard let address = event.address, let decision = snapshot.decision(for: address, at: event.time), decision.type == .ban,
                event.time > decision.since + BreachWatch.grace
            else { continue }
            let breach = Effect.Breach(first: event.time, last: event.time, events: Int(event.count))
            if breaches[decision.key]?.breach.add(breach) == nil { breaches[decision.key] = (decision, breach) }
        }
        return breaches.values.sorted { $0.decision.key < $1.decision.key }
    }
}
