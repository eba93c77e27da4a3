/// Writes down what was found.
struct AnomalyMaker {
    /// The names of the sources of events, by number.
    let feeds: [SourceName]
    /// The name of an existing account, where it is still held.
    let name: (UserID) -> String?
    /// Up to when an account's failures were forgotten.
    let forgotten: (UserID) -> Int64

    /// An existing account is named as a target from so many failures on.
    static let failuresToName = 5
    static let maximumEvidence = 100

    func anomaly(
        _ detector: DetectorName, _ severity: Severity, key: String, targets: TargetSet, sources: [AddressRange], attempts: [Attempt],
        summary: String
    ) -> Anomaly {
        let failures = attempts.count { $0.outcome == .failure }
        let (first, last) = (attempts.first?.time ?? 0, attempts.last?.time ?? 0)
        return Anomaly(
            id: AnomalyID("ano-" + StableHash.id([detector.rawValue, key, severity.name, "\(last)"])), detector: detector,
            severity: severity, score: min(100, failures), targets: targets, sources: sources, first: Timestamp(microseconds: first),
            last: Timestamp(microseconds: last), count: failures, summary: summary, evidence: evidence(attempts))
    }

    /// Existing accounts with enough failures among the attempts; those that were barred or forgotten do not count.
    func hammeredUsers(_ attempts: [Attempt]) -> [String] {
        var counts: [UserID: Int] = [:]
        for attempt in attempts where attempt.outcome == .failure && attempt.user.exists && !attempt.isBarred {
            if attempt.time > forgotten(attempt.user) { counts[attempt.user, default: 0] += 1 }
        }
        return counts.filter { $0.value >= Self.failuresToName }.keys.compactMap(name).sorted()
    }

    /// `10 failures within 4m 30s`.
    static func span(_ attempts: [Attempt]) -> String {
        let seconds = ((attempts.last?.time ?? 0) - (attempts.first?.time ?? 0)) / 1_000_000
        return seconds > 0 ? " within \(DurationText.format(.seconds(seconds)))" : " at once"
    }

    /// The first and the latest; the same thing several times in a row is one piece.
    private func evidence(_ attempts: [Attempt]) -> [Evidence] {
        var pieces: [Evidence] = []
        for attempt in attempts {
            let piece = evidence(attempt)
            if var last = pieces.last, last.isSame(as: piece) {
                last.count += 1
                pieces[pieces.count - 1] = last
            } else {
                pieces.append(piece)
            }
        }
        guard pieces.count > Self.maximumEvidence, let first = pieces.first else { return pieces }
        return [first] + pieces.suffix(Self.maximumEvidence - 1)
    }

    private func evidence(_ attempt: Attempt) -> Evidence {
        let known = attempt.user.exists ? name(attempt.user) : nil
        let what =
            switch attempt.outcome {
            case .failure: attempt.reason == .none ? "failure" : "failure (\(attempt.reason.name))"
            case .success: attempt.method == .unknown ? "success" : "success (\(attempt.method.name))"
            case .unknown: "attempt"
            }
        return Evidence(
            time: Timestamp(microseconds: attempt.time), source: feeds.indices.contains(Int(attempt.feed)) ? feeds[Int(attempt.feed)] : "?",
            address: attempt.address.isUnspecified ? nil : attempt.address,
            user: attempt.user == .nobody ? nil : known ?? attempt.user.pseudonym, what: what)
    }
}

extension Evidence {
    fileprivate func isSame(as other: Evidence) -> Bool {
        time == other.time && source == other.source && address == other.address && user == other.user && what == other.what
    }
}

extension Event.Method {
    /// The name used in records.
    var name: String {
        switch self {
        case .unknown: "unknown"
        case .password: "password"
        case .publicKey: "public_key"
        case .keyboardInteractive: "keyboard_interactive"
        case .token: "token"
        case .other: "other"
        }
    }

    /// Whether somebody who has guessed or found a password can have signed in by it.
    var isPasswordLike: Bool { [.password, .keyboardInteractive, .unknown].contains(self) }
}
