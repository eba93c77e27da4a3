extension Enforcer {
    /// What is off at each of a few looks, for a process that is told of changes by the store alone: what is under way is off
    /// at one look and not at the next.
    ///
    /// - Parameter decisions: what should hold at the time of the call.
    package func lastingDrift(
        on clock: any WallClock, _ decisions: () async throws -> [Decision]
    ) async throws -> (drift: EnforcementDrift, decisions: Int) {
        var wanted = try await decisions()
        var lasting = try await compare(wanted)
        for _ in 0..<4 where !lasting.isEmpty {
            try await clock.sleep(until: clock.now() + .milliseconds(100))
            wanted = try await decisions()
            lasting = lasting.shared(with: try await compare(wanted))
        }
        return (lasting, wanted.count)
    }
}

extension EnforcementDrift {
    /// What both have seen.
    fileprivate func shared(with other: EnforcementDrift) -> EnforcementDrift {
        EnforcementDrift(
            missing: min(missing, other.missing), surplus: min(surplus, other.surplus), wrongEnd: min(wrongEnd, other.wrongEnd),
            structure: other.structure.filter(structure.contains))
    }
}
