/// How a lock is written into the day on which an account expires, so that the day that was there before is kept in it and
/// comes back exactly: there is no other place that goes with the account and that nobody has to keep in step.
///
/// Days count from 1970. An account without a day gets day 2; one with a day to come gets that day moved back by 20,000 days
/// (54 years), which lies in the past for every day until 2079. Anything else in the past is somebody else's.
enum LocalExpiry {
    static let none = 2
    static let shift = 20_000
    private static let moved = 3...shift

    /// Whether the account can be signed in to.
    static func isOpen(_ day: Int?, today: Int) -> Bool { day.map { $0 > today } ?? true }

    /// The day that locks an account which is open now; `nil` where its own day is too far away to be kept.
    static func locked(_ day: Int?) -> Int? {
        guard let day else { return none }
        return moved.contains(day - shift) ? day - shift : nil
    }

    /// Whether a day is a lock of ours.
    static func isOurs(_ day: Int?) -> Bool { day.map { $0 == none || moved.contains($0) } ?? false }

    /// The day that was there before a lock of ours; `nil` = none.
    static func unlocked(_ day: Int) -> Int? { day == none ? nil : day + shift }
}
