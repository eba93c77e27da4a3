extension Incident {
    /// What a person wrote beside it.
    public struct Note: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var actor: String
        public var text: String

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
        case truePositive = "true_positive"
        /// Not worth looking at.
        case disregard
        case suspicious
        /// It happened, and does no harm.
        case benign
        /// A test, or something else that was allowed.
        case test
        case insufficientData = "insufficient_data"
        case securityRisk = "security_risk"
        case managedExternally = "managed_externally"
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
