internal import Riposte

/// Which of a user's processes go with the sessions that began before a time. Told what runs, again and again; it knows what it has
/// found before.
struct SessionSweep {
    struct Running: Sendable, Hashable {
        var process: Int32
        var parent: Int32
        var session: Int32
        var began: Timestamp
    }

    private let time: Timestamp
    private var found: Set<Int32> = []
    /// How many sessions there were at first: others were begun by these.
    private(set) var count = 0

    init(before time: Timestamp) { self.time = time }

    /// How soon after the time a session counts as begun by an earlier one, where who began it is gone.
    static let moment = Duration.seconds(60)

    /// Those of `all` the user's processes that are to be ended.
    mutating func select(_ all: [Running]) -> [Running] {
        let sessions = Dictionary(grouping: all, by: \.session)
        let isFirst = found.isEmpty
        found.formUnion(sessions.filter { isOld($0.value) || isLeftover($0.key, $0.value) }.keys)
        // What these have begun, and what that has.
        let home = Dictionary(all.map { ($0.process, $0.session) }) { first, _ in first }
        while true {
            let more = sessions.filter { session, members in
                !found.contains(session) && members.contains { home[$0.parent].map(found.contains) ?? false }
            }
            guard !more.isEmpty else { break }
            found.formUnion(more.keys)
        }
        if isFirst { count = found.count }
        return all.filter { found.contains($0.session) }
    }

    private func isOld(_ members: [Running]) -> Bool { members.contains { $0.began < time } }

    /// Begun by somebody who went away so that it would not be found. The shell of a sign-in has whoever let the user in above it.
    private func isLeftover(_ session: Int32, _ members: [Running]) -> Bool {
        let orphans = members.filter { $0.parent == 1 && $0.began < time + Self.moment }
        return members.contains { $0.process == session } ? orphans.contains { $0.process == session } : !orphans.isEmpty
    }
}
