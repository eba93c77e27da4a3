public import Logging

/// Keeps every event of those who are logged in more detail, as lines of the log channel `evidence`.
///
/// It costs nothing while nobody is. After a crash a line may be there twice, with the same id.
public struct EvidenceKeeper: Sendable {
    /// The log channel it writes to.
    public static let channel = "evidence"

    private let decisions: DecisionBoard
    private let log: any EventLog
    private let logger: Logger

    /// - Parameters:
    ///   - decisions: says whose events are kept.
    ///   - log: where the lines go, into the channel ``channel``.
    ///   - logger: is told where that fails.
    public init(decisions: DecisionBoard, log: any EventLog, logger: Logger = Logger(label: "riposte.evidence")) {
        self.decisions = decisions
        self.log = log
        self.logger = logger
    }

    /// Writes down those of the events that somebody wants to see. Never holds events up for a log that fails: that is said.
    func keep(_ events: [Event], at now: Timestamp) async {
        let snapshot = decisions.snapshot
        guard snapshot.logsAnybody, log.channels?.contains(Self.channel) ?? true else { return }
        for event in events {
            guard let decision = snapshot.logging(of: event, at: now) else { continue }
            do { _ = try await log.write(Self.line(event, decision), mayBeThere: false) } catch {
                return logger.error("events that somebody wants to see could not be kept: \(error)")
            }
        }
    }

    private static func line(_ event: Event, _ decision: Decision) -> EventLogLine {
        let id = "evd-" + StableHash.id([event.source.rawValue, event.time.description, String(event.sequence)])
        var context: [String: JSONValue] = [
            "kind": .string(event.kind.name), "outcome": .string("\(event.outcome)"), "reason": .string("\(event.reason)"),
            "count": .int(Int64(event.count)), "source": .string(event.source.rawValue),
        ]
        if let address = event.address { context["ip"] = .string(address.description) }
        if event.port > 0 { context["port"] = .int(Int64(event.port)) }
        if let user = event.user { context["user"] = .string(user) }
        if let session = event.details?.session { context["session"] = .string(session) }
        return EventLogLine(
            id: id, at: event.time, channel: channel, message: "\(event.kind.name) \(event.outcome)",
            incident: decision.incidents.first ?? "", playbook: decision.playbooks.first?.rawValue ?? "", context: context)
    }
}

extension DecisionSnapshot {
    /// The decision that has this event kept; `nil` = none.
    func logging(of event: Event, at now: Timestamp) -> Decision? {
        let ofUser = event.user.flatMap { self[DecisionKey(target: .user($0), type: .enhancedLogging)] }
        if let ofUser, ofUser.isInForce(at: now) { return ofUser }
        return event.address.flatMap { logging(of: $0, at: now) }
    }
}
