extension Incident {
    /// What a person wrote beside it.
    public struct Note: Sendable, Hashable, Codable {
        /// When it was written, by the engine's clock.
        public var at: Timestamp
        /// Who wrote it.
        public var actor: String
        /// What was written.
        public var text: String

        /// Creates a note; it belongs to no incident yet.
        public init(at: Timestamp, actor: String, text: String) {
            self.at = at
            self.actor = actor
            self.text = text
        }
    }

    /// What it turned out to be; OCSF's verdicts of a finding.
    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        /// It was no attack.
        case falsePositive = "false_positive"
        /// It was the attack that it was taken for.
        case truePositive = "true_positive"
        /// Not worth looking at.
        case disregard
        /// Probably an attack, and not proven.
        case suspicious
        /// It happened, and does no harm.
        case benign
        /// A test, or something else that was allowed.
        case test
        /// Too little is known to say.
        case insufficientData = "insufficient_data"
        /// No attack, and a weakness that has to be seen to.
        case securityRisk = "security_risk"
        /// Somebody else deals with it, in a record of their own.
        case managedExternally = "managed_externally"
        /// Another incident is about the same thing.
        case duplicate

        /// OCSF's `verdict_id`.
        public var ocsfID: Int { (Self.allCases.firstIndex(of: self) ?? -1) + 1 }
        /// OCSF's `verdict`: `False Positive`.
        public var ocsfName: String {
            rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
        }
    }

    /// When it was over, the last time; `nil` while it is not.
    public var resolvedAt: Timestamp? {
        guard status.isOver else { return nil }
        let start = history.lastIndex { $0.to == .reopened } ?? history.startIndex
        return history[start...].first { $0.to.isOver }?.at
    }

    /// From detection to its end; `nil` while it is not over.
    public var timeToResolve: Duration? { resolvedAt.map { max($0 - openedAt, .zero) } }
}
