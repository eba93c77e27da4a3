/// Whether an engine does its work, and where not, why not. No I/O: made of what its parts say of themselves, so that it
/// can be asked when nothing can be written any more.
public struct Readiness: Sendable, Hashable, Codable {
    /// Whether an engine does its work.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// It does, and nothing is amiss.
        case ready
        /// It does its work; something beside it is amiss.
        case degraded
        /// Attacks may go unseen, unanswered or unrecorded.
        case notReady = "not_ready"
    }

    /// What is amiss.
    public struct Reason: Sendable, Hashable, Codable {
        /// Which part of the engine it is about.
        public var part: Part
        /// Which one, where there are several: the source's, the enforcer's, the channel's name.
        public var name: String?
        /// A sentence a person can act on.
        public var message: String
        /// `nil` = nobody has noted when it began.
        public var since: Timestamp?
        /// Whether the engine is not ready because of it.
        public var isBlocking: Bool

        /// Creates a reason.
        public init(_ part: Part, _ message: String, name: String? = nil, since: Timestamp?, isBlocking: Bool) {
            self.part = part
            self.name = name
            self.message = message
            self.since = since
            self.isBlocking = isBlocking
        }
    }

    /// A part of an engine that can be amiss.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        /// The process itself.
        case engine
        /// It cannot be written or read.
        case store
        /// Another process holds the store, or nobody knows who does.
        case lease
        /// A source of events cannot be read.
        case source
        /// What is decided is not carried out.
        case enforcer
        /// People cannot be told.
        case channel
    }

    /// The worst that any of the reasons makes of it.
    public let state: State
    /// The blocking ones first.
    public let reasons: [Reason]

    /// Creates the readiness that these reasons come to; without any it is ready.
    public init(_ reasons: [Reason] = []) {
        self.reasons = reasons.filter(\.isBlocking) + reasons.filter { !$0.isBlocking }
        state = reasons.isEmpty ? .ready : (reasons.contains(where: \.isBlocking) ? .notReady : .degraded)
    }

    /// What the parts of an engine come to at `now`.
    public init(
        store: StoreHealth, sources: [SourceName: SourceHealth], enforcers: [EnforcerStatus], channels: [ChannelHealth], at now: Timestamp
    ) {
        let bySource = sources.sorted { $0.key < $1.key }
        self.init(
            store.reasons(at: now) + bySource.compactMap { $0.value.reason($0.key, at: now) } + enforcers.compactMap(\.reason)
                + channels.compactMap { $0.reason(at: now) })
    }
}

extension Readiness: CustomStringConvertible {
    /// `ready`, or `not ready: ` and what is amiss, in one line.
    public var description: String {
        let word = state == .notReady ? "not ready" : state.rawValue
        return reasons.isEmpty ? word : "\(word): " + reasons.map(\.description).joined(separator: "; ")
    }
}

extension Readiness.Reason: CustomStringConvertible {
    /// `source /var/log/auth.log: no such file`
    public var description: String { "\(part.rawValue)\(name.map { " \($0)" } ?? ""): \(message)" }
}

extension SourceHealth {
    func reason(_ name: SourceName, at now: Timestamp) -> Readiness.Reason? {
        guard let problem = problem(at: now) else { return nil }
        let since: Timestamp? = if case .waiting(let since, _) = state { since } else { nil }
        return Readiness.Reason(.source, problem, name: name.rawValue, since: since, isBlocking: true)
    }
}

extension EnforcerStatus {
    /// What had drifted has been put right, so it is told and blocks nothing.
    var reason: Readiness.Reason? {
        switch state {
        case .unknown, .enforced: nil
        case .drifted:
            Readiness.Reason(
                .enforcer, "what was enforced had drifted and was put right: \(drift?.description ?? "")", name: name.rawValue,
                since: driftedAt, isBlocking: false)
        case .failing:
            Readiness.Reason(
                .enforcer, "decisions are not carried out: \(error ?? "")", name: name.rawValue, since: since, isBlocking: true)
        }
    }
}
