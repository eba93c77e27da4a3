/// The latest sign-ins that a server has reported, as the store keeps them: nobody can tell them again, so a restart warms the
/// detectors up with these.
///
/// Bounded. A name that is no account's, often a password in the wrong field, is kept as a hash.
struct EventTail: Sendable {
    static let capacity = 1000
    private var entries: [Entry] = []
    /// Whether something is in it that no commit holds yet.
    var isDirty = false

    private struct Entry: Sendable, Codable {
        var time: Timestamp
        var outcome: UInt8
        var reason: UInt8
        var method: UInt8
        var address: IPAddress?
        var user: String?
    }

    init() {}

    /// Reads what ``json`` wrote; anything else is an empty tail.
    init(_ json: JSONValue?) {
        entries = json.flatMap { RecordCoding.value([Entry].self, in: $0) } ?? []
    }

    var json: JSONValue { RecordCoding.tree(of: entries) }

    /// The same with `events`; they are not in it until that is on disk.
    func json(with events: [Event]) -> JSONValue {
        var next = self
        next.add(events)
        return next.json
    }

    /// Takes in the sign-ins among `events`.
    mutating func add(_ events: [Event]) {
        let signIns = events.filter { $0.kind == .login }
        guard !signIns.isEmpty else { return }
        isDirty = true
        entries += signIns.suffix(Self.capacity).map { event in
            let isKnown = event.reason != .unknownUser && event.user.map { $0.utf8.count <= Event.longestName } ?? true
            return Entry(
                time: event.time, outcome: event.outcome.rawValue, reason: event.reason.rawValue, method: event.method.rawValue,
                address: event.address, user: isKnown ? event.user : event.user.map { StableHash.id(["unknown user", $0]) })
        }
        entries.removeFirst(max(entries.count - Self.capacity, 0))
    }

    /// The events that are not older than `start`.
    func events(since start: Timestamp, from source: SourceName) -> [Event] {
        entries.compactMap { entry in
            guard entry.time >= start, let outcome = Event.Outcome(rawValue: entry.outcome),
                let reason = Event.Reason(rawValue: entry.reason),
                let method = Event.Method(rawValue: entry.method)
            else { return nil }
            return Event(
                time: entry.time, kind: .login, outcome: outcome, reason: reason, method: method, address: entry.address, user: entry.user,
                source: source)
        }
    }
}
