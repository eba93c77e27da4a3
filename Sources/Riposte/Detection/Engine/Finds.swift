/// What was last found about a key, and when. A finding is told when a key first reaches a severity, at once when it reaches
/// a higher one, and otherwise again only after the cooldown.
struct Finds: Sendable {
    private(set) var severity: Severity = .info
    private(set) var time: Int64 = .min

    func allows(_ severity: Severity, at time: Int64, cooldown: Int64) -> Bool {
        guard self.time != .min else { return true }
        return time - self.time >= cooldown || severity > self.severity
    }

    /// Whether something was found in the `length` up to and with `time`.
    func happened(in length: Int64, upTo time: Int64) -> Bool { self.time != .min && self.time <= time && time - self.time <= length }

    mutating func note(_ severity: Severity, at time: Int64) {
        guard time > self.time || severity > self.severity else { return }
        self = Finds(severity: severity, time: max(time, self.time))
    }

    mutating func forget(upTo limit: Int64) { if time <= limit { self = Finds() } }
}
