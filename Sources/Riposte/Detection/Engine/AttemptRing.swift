/// The latest attempts of one key in the order of their times: enough to answer every threshold exactly, in bounded memory.
/// Beyond ``capacity`` the oldest is dropped, so a window that holds more is judged by its latest ``capacity``.
struct AttemptRing: Sendable {
    static let capacity = 128

    /// Up to twice the capacity, so that dropping what is old costs little each time; what is before ``start`` is gone.
    private var storage: [Attempt] = []

    private var start: Int { max(0, storage.count - Self.capacity) }

    var count: Int { min(storage.count, Self.capacity) }
    /// How many are in memory, those before ``start`` among them.
    var held: Int { storage.count }
    var isEmpty: Bool { storage.isEmpty }
    var latest: Attempt? { storage.last }

    /// The attempts, the oldest first.
    var attempts: ArraySlice<Attempt> { storage[start...] }

    /// Puts an attempt in its place by time, after those of the same time. One older than all that a full ring holds is
    /// dropped.
    mutating func insert(_ attempt: Attempt) {
        var place = storage.count
        while place > start, storage[place - 1].time > attempt.time { place -= 1 }
        if place == start, storage.count >= Self.capacity { return }
        if storage.count == 2 * Self.capacity {
            storage.removeFirst(Self.capacity)
            place -= Self.capacity
        }
        storage.insert(attempt, at: place)
    }

    mutating func remove(where isGone: (Attempt) -> Bool) {
        if storage.contains(where: isGone) { storage = attempts.filter { !isGone($0) } }
    }

    /// Whether `count` of them or more are in the `length` up to and with `time`. Constant time where `time` is the latest.
    func has(_ count: Int, in length: Int64, upTo time: Int64) -> Bool {
        let end = end(of: time)
        return end - start >= count && storage[end - count].time >= time - length
    }

    /// Those in the `length` up to and with `time`.
    func window(_ length: Int64, upTo time: Int64) -> ArraySlice<Attempt> {
        let end = end(of: time)
        var first = end
        while first > start, storage[first - 1].time >= time - length { first -= 1 }
        return storage[first..<end]
    }

    /// The times of attempts after `time` and at most `length` later, in order and each once.
    static func times(after time: Int64, within length: Int64, _ rings: AttemptRing...) -> [Int64] {
        guard rings.contains(where: { ($0.latest?.time ?? time) > time }) else { return [] }
        let later = rings.flatMap { ring in ring.storage[ring.end(of: time)...].map(\.time) }
        return Set(later.filter { $0 - time <= length }).sorted()
    }

    /// The place after the last attempt at `time` or before.
    private func end(of time: Int64) -> Int {
        var end = storage.count
        while end > start, storage[end - 1].time > time { end -= 1 }
        return end
    }
}
