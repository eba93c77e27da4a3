/// Which members of a network were named as targets, and for which accounts it was said that somebody got in. It lets those
/// who come later be told of within the network's cooldown.
struct NamedMembers: Sendable {
    /// Beyond it the oldest is dropped.
    static let capacity = 512

    private struct Naming: Sendable {
        var time: Int64
        var member: AttackerKey
    }

    private struct Win: Sendable {
        var time: Int64
        var user: UserID
    }

    private var namings: [Naming] = []
    private var wins: [Win] = []

    /// Whether the member was named within the cooldown around `time`.
    func contains(_ member: AttackerKey, around time: Int64, cooldown: Int64) -> Bool {
        namings.contains { $0.member == member && abs($0.time - time) < cooldown }
    }

    /// All that were.
    func members(around time: Int64, cooldown: Int64) -> Set<AttackerKey> {
        Set(namings.lazy.filter { abs($0.time - time) < cooldown }.map(\.member))
    }

    /// Whether it was said within the cooldown around `time` that somebody got into the account.
    func hasWon(_ user: UserID, around time: Int64, cooldown: Int64) -> Bool {
        wins.contains { $0.user == user && abs($0.time - time) < cooldown }
    }

    mutating func note(_ members: [AttackerKey], at time: Int64) {
        namings += members.map { Naming(time: time, member: $0) }
        if namings.count > Self.capacity { namings.removeFirst(namings.count - Self.capacity) }
    }

    mutating func noteWin(_ user: UserID, at time: Int64) {
        wins.append(Win(time: time, user: user))
        if wins.count > Self.capacity { wins.removeFirst() }
    }

    mutating func forget(_ range: AddressRange, upTo limit: Int64) {
        namings.removeAll { $0.time <= limit && range.overlaps($0.member.range) }
        if namings.isEmpty { wins.removeAll { $0.time <= limit } }
    }
}
