internal import Riposte

/// What is asked of this machine's accounts. Sent to root's helper as JSON, so these few are all there is.
struct LocalErrand: Sendable, Hashable, Codable {
    enum Task: Sendable, Hashable, Codable {
        case look(AccountRestriction)
        case restrict(AccountRestriction)
        case lift(AccountRestriction)
        case endSessions(before: Timestamp)
    }

    var user: String
    var task: Task
}

/// What came of it.
enum LocalAnswer: Sendable, Hashable, Codable {
    case free
    case restricted
    case noSuchAccount
    case changed
    case alreadySo
    case ended(Int)
    /// It is not done, whoever asks.
    case refused(String)
}
