/// Which users have signed in from which sources before. Bounded: when a generation is full the one before it is forgotten,
/// so that a pair stays known as long as it is used now and then.
struct KnownPairs: Sendable {
    private struct Pair: Hashable {
        var user: UserID
        var source: AttackerKey
    }

    private let capacity: Int
    private var current: Set<Pair> = []
    private var previous: Set<Pair> = []
    private(set) var evictions = 0

    init(capacity: Int) { self.capacity = max(capacity / 2, 1) }

    /// Whether the pair is known; asking keeps it so.
    mutating func contains(_ user: UserID, _ source: AttackerKey) -> Bool {
        guard !(current.isEmpty && previous.isEmpty) else { return false }
        let pair = Pair(user: user, source: source)
        if current.contains(pair) { return true }
        guard previous.contains(pair) else { return false }
        add(pair)
        return true
    }

    /// Whether the pair is known; asking changes nothing.
    func has(_ user: UserID, _ source: AttackerKey) -> Bool {
        let pair = Pair(user: user, source: source)
        return current.contains(pair) || previous.contains(pair)
    }

    mutating func insert(_ user: UserID, _ source: AttackerKey) { add(Pair(user: user, source: source)) }

    private mutating func add(_ pair: Pair) {
        if current.count >= capacity {
            evictions += previous.subtracting(current).count
            (previous, current) = (current, [])
        }
        current.insert(pair)
    }
}
