/// The words of a step that are about the effects of its action.
extension PlaybookReader {
    /// `[60m, 4h, 24h]`.
    mutating func escalation(_ value: LocatedValue) -> Escalation? {
        guard case .list(let elements) = value.content, !elements.isEmpty else {
            error(value.location, "“escalate” must be a list of durations; got \(Self.got(value))", "write [60m, 4h, 24h]")
            return nil
        }
        let durations = elements.compactMap { element in duration(element, "escalate").map { (at: element.location, $0) } }
        for (before, after) in zip(durations, durations.dropFirst()) where after.1 < before.1 {
            let (shorter, longer) = (DurationText.format(after.1), DurationText.format(before.1))
            error(after.at, "“escalate” must not get shorter; got \(shorter) after \(longer)")
        }
        return Escalation(durations.map(\.1))
    }

    /// `true`, `false`, `{after: 5s}`.
    mutating func verify(_ value: LocatedValue) -> Duration? {
        guard case .map = value.content else { return flag(value, "verify") == true ? .zero : nil }
        guard let after = map(value, "“verify”", known: ["after"], later: [])?["after"] else { return .zero }
        guard let wait = duration(after, "after", orZero: true) else { return nil }
        if wait > Self.longestVerifyWait {
            error(after.location, "“after” can be at most \(DurationText.format(Self.longestVerifyWait)); got \(DurationText.format(wait))")
        }
        return wait
    }

    /// Nobody else works on the target meanwhile.
    private static let longestVerifyWait = Duration.minutes(1)
}
