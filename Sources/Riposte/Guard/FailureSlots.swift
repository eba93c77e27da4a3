/// Which addresses fail far more often than they succeed, within the hour. A table of fixed size without chains: two
/// addresses of one slot push each other out, which costs an attacker's address its record and never much memory.
struct FailureSlots: Sendable {
    private struct Slot: Sendable {
        var key = AddressRange(IPAddress(high: 0, low: 0))
        var since = Timestamp.distantPast
        var failures: UInt32 = 0
        /// Accounts that signed in, each counted once a day.
        var successes: UInt32 = 0
    }

    static let count = 16_384
    static let window: Duration = .hours(1)
    /// Fewer failures than this are anybody's.
    static let leastFailures = 5
    private var slots = [Slot](repeating: Slot(), count: count)

    mutating func fail(_ key: AddressRange, at time: Timestamp, times: UInt32) {
        let place = open(key, at: time)
        slots[place].failures = slots[place].failures.addingReportingOverflow(times).overflow ? .max : slots[place].failures + times
    }

    mutating func succeed(_ key: AddressRange, at time: Timestamp) { slots[open(key, at: time)].successes &+= 1 }

    /// Whether failures have the upper hand: at least five, and more than two for each account that got in.
    func isAttacking(_ key: AddressRange, at time: Timestamp) -> Bool {
        let slot = slots[Self.place(key)]
        guard slot.key == key, slot.since + Self.window > time else { return false }
        return slot.failures >= Self.leastFailures && UInt64(slot.failures) > 2 * UInt64(slot.successes)
    }

    private mutating func open(_ key: AddressRange, at time: Timestamp) -> Int {
        let place = Self.place(key)
        if slots[place].key != key || slots[place].since + Self.window <= time { slots[place] = Slot(key: key, since: time) }
        return place
    }

    private static func place(_ key: AddressRange) -> Int {
        let mixed = (key.network.high ^ key.network.low) &* 0xD6E8_FEB8_6659_FD93
        return Int(mixed >> 50)
    }
}
