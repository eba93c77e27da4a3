/// States by key, held densely: a key's place stays the same until keys are removed. Beside keys and states it costs 8 to 16
/// bytes a key.
struct KeyTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// An open hash table of places, each one more than it is; 0 = free. At most half full.
    private var slots: [UInt32] = []
    private(set) var keys: [Key] = []
    var values: [Value] = []

    var count: Int { keys.count }

    func place(of key: Key) -> Int? {
        guard !slots.isEmpty else { return nil }
        let taken = slots[slot(of: key)]
        return taken == 0 ? nil : Int(taken) - 1
    }

    mutating func insert(_ key: Key, _ value: Value) -> Int {
        keys.append(key)
        values.append(value)
        if keys.count * 2 > slots.count {
            index(max(slots.count * 2, 16))
        } else {
            slots[slot(of: key)] = UInt32(keys.count)
        }
        return keys.count - 1
    }

    subscript(key: Key) -> Value? { place(of: key).map { values[$0] } }

    /// Removes all that `isGone` says; every place changes. Linear, and in place.
    mutating func removeAll(where isGone: (Value) -> Bool) {
        var kept = 0
        for place in keys.indices where !isGone(values[place]) {
            if kept < place {
                keys.swapAt(kept, place)
                values.swapAt(kept, place)
            }
            kept += 1
        }
        guard kept < keys.count else { return }
        keys.removeLast(keys.count - kept)
        values.removeLast(values.count - kept)
        index(slots.count)
    }

    /// Where the key is, or would be.
    private func slot(of key: Key) -> Int {
        var slot = key.hashValue & (slots.count - 1)
        while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// Fills a hash table of `size` slots, a power of two, anew.
    private mutating func index(_ size: Int) {
        if slots.count == size {
            for slot in slots.indices { slots[slot] = 0 }
        } else {
            slots = [UInt32](repeating: 0, count: size)
        }
        for place in keys.indices { slots[slot(of: keys[place])] = UInt32(place + 1) }
    }
}
