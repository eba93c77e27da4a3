/// What becomes of an approval. No I/O: a vote or the passing of time gives the approval as it is to be written.
extension Approval {
    /// What came of a vote.
    public enum VoteResult: Sendable, Hashable {
        /// It counts, and more are needed.
        case counted
        /// It has decided.
        case decided
        /// The same person has said the same before.
        case repeated
        /// It was answered before, or its time was over; nothing has changed.
        case late
        /// Who voted may not, and why.
        case turnedAway(String)
    }

    /// Takes a vote. The first answer stands: whoever comes after it changes nothing.
    ///
    /// - Parameter roles: who has which role.
    mutating func take(_ vote: Vote, roles: [String: [String]]) -> VoteResult {
        expire(at: vote.at)
        guard state == .pending else { return .late }
        if let refusal = rule.refusal(of: vote.actor, to: vote.decision, roles: roles) {
            turnedAway = (turnedAway + [vote]).suffix(Self.listed)
            version += 1
            return .turnedAway(refusal)
        }
        let name = AccountName(vote.actor)
        guard vote.decision == .deny || !granters.contains(where: { AccountName($0) == name }) else { return .repeated }
        votes.append(vote)
        version += 1
        guard vote.decision == .deny || missing == 0 else { return .counted }
        settle(vote.decision == .deny ? .denied : .granted, at: vote.at)
        return .decided
    }

    /// Ends it where its time is over.
    mutating func expire(at now: Timestamp) {
        guard state == .pending, now >= expiresAt else { return }
        version += 1
        settle(.expired, at: expiresAt)
    }

    /// A run that waits was taken back. Where it was the last one, nobody needs to answer.
    mutating func withdraw(_ run: RunID, _ undone: Undone, isLast: Bool) {
        guard state == .pending else { return }
        version += 1
        guard isLast else {
            runCount -= 1
            reasons.append("without \(run), \(undone.sentence)")
            return
        }
        withdrawal = undone
        settle(.withdrawn, at: undone.at)
    }

    private mutating func settle(_ end: State, at time: Timestamp) {
        state = end
        answeredAt = time
    }
}

/// What people have answered, as a run keeps it.
public struct ApprovalAnswer: Sendable, Hashable, Codable {
    /// How the question ended; never ``Approval/State/pending``.
    public var state: Approval.State
    /// Who has decided it; nobody where the time was over.
    public var actors: [String]
    /// What the last who voted wrote; where nobody answered in time, that, in words.
    public var reason: String
    /// When it was decided; for one that ran out the end of its time.
    public var at: Timestamp

    /// Whether the run may go ahead. Everything else counts as no.
    public var isGranted: Bool { state == .granted }

    /// Creates an answer; nothing is asked or recorded.
    public init(_ state: Approval.State, by actors: [String], reason: String, at: Timestamp) {
        self.state = state
        self.actors = actors
        self.reason = reason
        self.at = at
    }

    /// What was answered; `nil` while nothing was.
    init?(_ approval: Approval) {
        guard approval.state != .pending, let at = approval.answeredAt else { return nil }
        state = approval.state
        let last = approval.votes.last
        switch approval.state {
        case .granted: actors = approval.granters
        case .denied: actors = last.map { [$0.actor] } ?? []
        case .withdrawn: actors = approval.withdrawal.map { [$0.actor] } ?? []
        case .pending, .expired: actors = []
        }
        reason = approval.state == .expired ? Self.silence(approval) : approval.withdrawal?.reason ?? last?.reason ?? ""
        self.at = at
    }

    /// The run was taken back before anybody had answered.
    init(withdrawn undone: Undone) { self.init(.withdrawn, by: [undone.actor], reason: undone.reason, at: undone.at) }

    private static func silence(_ approval: Approval) -> String {
        let time = DurationText.format(max(approval.expiresAt - approval.requestedAt, .zero))
        let some = approval.granters.isEmpty ? "" : "; only \(approval.granters.joined(separator: ", ")) granted it"
        return "not let through by \(approval.rule.quorum == 1 ? "anybody" : "\(approval.rule.quorum) people") within \(time)\(some)"
    }

    /// `granted by ann and bob: they are ours`.
    public var sentence: String {
        guard state != .expired else { return reason }
        return "\(state.rawValue) by \(actors.joined(separator: " and "))" + (reason.isEmpty ? "" : ": \(reason)")
    }
}
