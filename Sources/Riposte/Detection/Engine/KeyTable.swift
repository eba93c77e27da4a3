/// States by key, held densely: a key's place stays the same until keys are removed.
struct KeyTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var places: [Key: Int] = [:]
    private(set) var keys: [Key] = []
    var values: [Value] = []

    var count: Int { keys.count }

    func place(of key: Key) -> Int? { places[key] }

    mutating func insert(_ key: Key, _ value: Value) -> Int {
        let place = keys.count
        places[key] = place
        keys.append(key)
        values.append(value)
        return place
    }

    subscript(key: Key) -> Value? { places[key].map { values[$0] } }

    /// Removes all that `isGone` says; every place changes. Linear.
    mutating func removeAll(where isGone: (Value) -> Bool) {
        let kept = values.indices.filter { !isGone(values[$0]) }
        guard kept.count < keys.count else { return }
        keys = kept.map { keys[$0] }
        values = kept.map { values[$0] }
        places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }
}
