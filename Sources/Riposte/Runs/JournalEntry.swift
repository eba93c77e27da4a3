/// One line of a run's journal. Append-only: the entries of a run, in the order of their sequence, are the truth about it.
public struct JournalEntry: Sendable, Hashable, Codable {
    /// Whose journal it is in.
    public var runID: RunID
    /// From 0 without a gap; the store refuses the same number twice.
    public var sequence: Int
    /// When it was written, by the engine's clock.
    public var at: Timestamp
    /// What happened.
    public var record: Record

    /// What an entry can say.
    public enum Record: Sendable, Hashable, Codable {
        /// About to touch the world. On disk before it does.
        case intent(StepPath, attempt: Int)
        /// An attempt failed, or was not over (``StepOutcome/Kind/waiting``), and the next is due at `next`.
        case retry(StepPath, StepOutcome, next: Timestamp)
        /// The step's one result.
        case outcome(StepPath, StepOutcome)
        /// People are asked whether these executions may go ahead, since then; none = all that the run has left to do.
        case asked([StepPath], ApprovalID, at: Timestamp)
        /// They have answered, or have not in time. The run has waited for so long, and its deadline with it.
        case answered(ApprovalID, ApprovalAnswer, waited: Duration)
        /// An abandoned attempt has ended after all. Tells, changes nothing.
        case late(StepPath, StepOutcome)
        /// The run is over.
        case sealed(RunStatus)
    }

    /// Creates an entry; it counts once it is in the store.
    public init(runID: RunID, sequence: Int, at: Timestamp, record: Record) {
        self.runID = runID
        self.sequence = sequence
        self.at = at
        self.record = record
    }
}

/// What came of one execution of one step.
public struct StepOutcome: Sendable, Hashable, Codable {
    /// What came of it.
    public var kind: Kind
    /// One sentence for people, without a secret.
    public var message: String
    /// What it added to the context.
    public var context: [String: JSONValue]
    /// What is known of the failure; `nil` where there was none.
    public var failureKind: FailureKind?
    /// In which attempt, from 1.
    public var attempt: Int
    /// When that attempt began, by the engine's clock.
    public var startedAt: Timestamp
    /// When it ended.
    public var endedAt: Timestamp
    /// Why the guard refused it, held it for a person or made less of it; `nil` = it had no objection.
    public var guardNote: String?

    /// What can come of an execution of a step.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// It was done now.
        case succeeded
        /// It was so already.
        case unchanged
        /// It was tried and could not be done.
        case failed
        /// Not over: it goes on at its time.
        case waiting
        /// The guard refused it.
        case refused
        /// People were asked and did not let it through.
        case denied
        /// A person took the run back before it was the step's turn.
        case undone
        /// The same action already has an active effect on the same target in this incident.
        case passedOver
        /// Shadow: what would have been done.
        case previewed

        /// Whether the step counts as done well.
        public var isSuccess: Bool {
            switch self {
            case .succeeded, .unchanged, .passedOver, .previewed, .waiting: true
            case .failed, .refused, .denied, .undone: false
            }
        }
    }

    /// Creates an outcome, for tests of a store.
    public init(
        _ kind: Kind, _ message: String, context: [String: JSONValue] = [:], failureKind: FailureKind? = nil, attempt: Int = 1,
        startedAt: Timestamp, endedAt: Timestamp
    ) {
        self.kind = kind
        self.message = message
        self.context = context
        self.failureKind = failureKind
        self.attempt = attempt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
