/// What was found about a key, and when. A finding is told when a key first reaches a severity, at once when it reaches a
/// higher one, and otherwise again only after the cooldown.
///
/// The earlier findings are kept as well: events that are read again after a restart, or that come late, have to see what
/// was found up to their own time and not the last alone.
struct Finds: Sendable {
    /// As many as one key can have in a day at the shipped cooldowns; beyond it the oldest is dropped.
    static let capacity = 256

    private struct Find: Sendable {
        var time: Int64
        var severity: Severity
    }

    /// By time.
    private var finds: [Find] = []

    /// Whether nothing as severe was found within the cooldown around `time`.
    func allows(_ severity: Severity, at time: Int64, cooldown: Int64) -> Bool {
        for find in finds.reversed() {
            if time - find.time >= cooldown { return true }
            if find.severity >= severity, find.time - time < cooldown { return false }
        }
        return true
    }

    /// Whether something as severe was found in the `length` up to and with `time`.
    func happened(in length: Int64, upTo time: Int64, atLeast severity: Severity = .info) -> Bool {
        finds.contains { $0.time <= time && time - $0.time <= length && $0.severity >= severity }
    }

    mutating func note(_ severity: Severity, at time: Int64) {
        let place = (finds.lastIndex { $0.time <= time } ?? -1) + 1
        finds.insert(Find(time: time, severity: severity), at: place)
        if finds.count > Self.capacity { finds.removeFirst() }
    }

    mutating func forget(upTo limit: Int64) { finds.removeAll { $0.time <= limit } }
}
