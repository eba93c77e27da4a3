extension Effect {
    /// Up to when the detectors forget the target, now that this effect has ended: at once where a person took it back. Where
    /// its time ran out, up to that time, so that what comes after it is an attack of its own; not while anything else holds
    /// the target. `nil` = they forget nothing.
    ///
    /// - Parameter others: effects on the same target that have not ended.
    func letsGo(besides others: [Effect]) -> Timestamp? {
        guard let endedAt else { return nil }
        if undoneBy != nil { return endedAt }
        guard isContainment, !others.contains(where: \.isContainment) else { return nil }
        // What failed between its end and our noticing it, as after a stop, counts.
        return min(expiresAt ?? endedAt, endedAt)
    }

    /// Whether it keeps an attacker out.
    private var isContainment: Bool { kind == .ban || kind == .accountLock || kind == .accountBlock }
}

extension Sequence<Effect> {
    /// The targets that were let go, by when, as the detectors are to forget them again after a restart.
    ///
    /// - Parameter self: effects that have ended and those that have not.
    func lettingGo() -> [(target: Target, time: Timestamp)] {
        var found: [(target: Target, time: Timestamp)] = []
        for (target, effects) in Dictionary(grouping: self, by: \.target) {
            for effect in effects where effect.state == .ended {
                guard let end = effect.endedAt else { continue }
                let others = effects.filter { $0.id != effect.id && $0.createdAt <= end && ($0.endedAt ?? .distantFuture) > end }
                if let time = effect.letsGo(besides: others) { found.append((target, time)) }
            }
        }
        return found.sorted { ($0.time, $0.target) < ($1.time, $1.target) }
    }
}
