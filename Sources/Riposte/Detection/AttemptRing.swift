/// The latest attempts of one key, by time: enough to answer every threshold exactly, in bounded memory. Beyond
/// ``capacity`` the oldest is dropped, so a window that holds more than that is judged by its latest ``capacity``.
struct AttemptRing: Sendable {
    static let capacity = 128

    /// One attempt; 24 bytes.
    struct Attempt: Sendable {
        /// Microseconds.
        var time: Int64
        var user: UserID
        var count: UInt16
        var flags: Flags
        /// Which member of the key it came from: its number in the table of sources.
        var source: UInt32
    }

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// The pair of user and source had succeeded before: a phone with an old password.
        static let known = Flags(rawValue: 1)
        /// Refused for a reason that says nothing about the password: locked, disabled, expired.
        static let barred = Flags(rawValue: 2)
    }

    private(set) var attempts: [Attempt] = []

    /// Puts an attempt in its place by time; the answer is where. An attempt older than all that a full ring holds is dropped.
    mutating func insert(_ attempt: Attempt) -> Int? {
        var place = attempts.count
        while place > 0, attempts[place - 1].time > attempt.time { place -= 1 }
        if attempts.count == Self.capacity {
            guard place > 0 else { return nil }
            attempts.removeFirst()
            place -= 1
        }
        attempts.insert(attempt, at: place)
        return place
    }

    mutating func remove(where isGone: (Attempt) -> Bool) { attempts.removeAll(where: isGone) }

    /// The attempts from `start` (inclusive) to the one at `end`.
    func window(_ length: Int64, endingAt end: Int) -> ArraySlice<Attempt> {
        let earliest = attempts[end].time - length
        var start = end
        while start > 0, attempts[start - 1].time >= earliest { start -= 1 }
        return attempts[start...end]
    }
}

/// A user by number. Existing accounts are interned; of unknown names, which a stranger chooses, there is only a salted
/// hash of 31 bits.
struct UserID: Sendable, Hashable {
    var raw: UInt32

    static let nobody = UserID(raw: .max)

    init(raw: UInt32) { self.raw = raw }
    init(existing number: Int) { raw = UInt32(number) }
    init(unknownHash hash: UInt64) { raw = UInt32(truncatingIfNeeded: hash) | 0x8000_0000 }

    /// The number of an existing account.
    var existing: Int? { raw & 0x8000_0000 == 0 ? Int(raw) : nil }
}

/// What was last found about a key, and when: an anomaly is made when a key first reaches a severity, at once when it
/// reaches a higher one, and again only after the cooldown.
struct Finds: Sendable {
    private(set) var severity: Severity = .info
    private(set) var time: Int64 = .min

    var hasFound: Bool { time != .min }

    func allows(_ severity: Severity, at time: Int64, cooldown: Int64) -> Bool {
        guard hasFound else { return true }
        return severity > self.severity && time - self.time < cooldown || time - self.time >= cooldown
    }

    mutating func note(_ severity: Severity, at time: Int64) {
        guard time >= self.time else { return }
        (self.severity, self.time) = (severity, time)
    }

    mutating func forget(upTo limit: Int64) { if time <= limit { self = Finds() } }
}
