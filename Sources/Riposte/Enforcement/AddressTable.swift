/// Which addresses and networks are held, and until when, laid out for being asked: an address is looked up once for each
/// prefix length that occurs, without a lock or an allocation.
///
/// A value whose copies share what they have in common: a change of one that somebody else holds a copy of copies one part
/// in 256.
struct AddressTable: Sendable {
    /// How an address is held, the strictest last.
    enum Hold: Sendable, Comparable {
        case none, throttle, ban
    }

    /// One network, or a place where there is none.
    private struct Slot {
        var network = IPAddress(high: 0, low: 0)
        /// When each ends; `.min` = there is none, `.max` = without end. In microseconds.
        var ban = Int64.min
        var throttle = Int64.min
        /// Below zero = an empty place.
        var length: Int16 = -1

        func isFor(_ range: AddressRange) -> Bool { network == range.network && length == Int16(range.prefixLength) }
    }

    /// Open addressing with linear probing (Knuth, TAOCP 6.4): at most three quarters full.
    private struct Part {
        var slots: [Slot] = []
        var count = 0
    }

    private var parts = [Part](repeating: Part(), count: 256)
    /// The prefix lengths that occur, longest first, and of how many networks each.
    private var v4Lengths: [(length: Int, count: Int)] = []
    private var v6Lengths: [(length: Int, count: Int)] = []
    /// Attackers choose their addresses, so where each lies must not be known to them.
    private let seed = UInt64.random(in: 0 ... .max)

    /// How `address` is held at `time`, and by a network of which length: a ban before a throttle, then the narrowest.
    /// O(prefix lengths that occur), at most 33 or 129.
    func hold(_ address: IPAddress, at time: Timestamp) -> (hold: Hold, length: Int) {
        var throttle: Int?
        for (length, _) in address.isV4 ? v4Lengths : v6Lengths {
            let range = AddressRange(address, prefixLength: length)
            let hash = hash(range)
            guard let place = find(range, hash) else { continue }
            let slot = parts[Int(hash >> 56)].slots[place]
            if slot.ban > time.microseconds { return (.ban, length) }
            if throttle == nil, slot.throttle > time.microseconds { throttle = length }
        }
        return throttle.map { (.throttle, $0) } ?? (.none, 0)
    }

    /// Notes until when a network is banned and throttled; `nil` = it is not.
    mutating func set(_ range: AddressRange, ban: Int64?, throttle: Int64?) {
        let hash = hash(range)
        let part = Int(hash >> 56)
        guard ban != nil || throttle != nil else {
            if let place = find(range, hash) { remove(part, place, range) }
            return
        }
        let slot = Slot(network: range.network, ban: ban ?? .min, throttle: throttle ?? .min, length: Int16(range.prefixLength))
        if let place = find(range, hash) {
            parts[part].slots[place] = slot
        } else {
            if (parts[part].count + 1) * 4 > parts[part].slots.count * 3 { grow(part) }
            insert(slot, part, hash)
            parts[part].count += 1
            count(range, by: 1)
        }
    }

    // MARK: - Pieces

    private func find(_ range: AddressRange, _ hash: UInt64) -> Int? {
        let slots = parts[Int(hash >> 56)].slots
        guard !slots.isEmpty else { return nil }
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].length >= 0 {
            if slots[place].isFor(range) { return place }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ slot: Slot, _ part: Int, _ hash: UInt64) {
        let mask = parts[part].slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while parts[part].slots[place].length >= 0 { place = (place + 1) & mask }
        parts[part].slots[place] = slot
    }

    private mutating func grow(_ part: Int) {
        let old = parts[part].slots
        parts[part].slots = [Slot](repeating: Slot(), count: max(old.count * 2, 4))
        for slot in old where slot.length >= 0 {
            insert(slot, part, hash(AddressRange(slot.network, prefixLength: Int(slot.length))))
        }
    }

    /// Those that were pushed on by it move back, so that no search ends too early.
    private mutating func remove(_ part: Int, _ place: Int, _ range: AddressRange) {
        let mask = parts[part].slots.count - 1
        var (hole, next) = (place, (place + 1) & mask)
        while case let slot = parts[part].slots[next], slot.length >= 0 {
            let home = Int(truncatingIfNeeded: hash(AddressRange(slot.network, prefixLength: Int(slot.length)))) & mask
            if (next - home) & mask >= (next - hole) & mask {
                parts[part].slots[hole] = slot
                hole = next
            }
            next = (next + 1) & mask
        }
        parts[part].slots[hole] = Slot()
        parts[part].count -= 1
        count(range, by: -1)
    }

    private mutating func count(_ range: AddressRange, by change: Int) {
        if range.network.isV4 {
            Self.count(range.prefixLength, by: change, &v4Lengths)
        } else {
            Self.count(range.prefixLength, by: change, &v6Lengths)
        }
    }

    private static func count(_ length: Int, by change: Int, _ lengths: inout [(length: Int, count: Int)]) {
        let place = lengths.firstIndex { $0.length <= length } ?? lengths.endIndex
        if place < lengths.endIndex, lengths[place].length == length {
            lengths[place].count += change
            if lengths[place].count == 0 { lengths.remove(at: place) }
        } else {
            lengths.insert((length, change), at: place)
        }
    }

    /// Mixes by multiplication to 128 bits, as wyhash does; the seed makes it this table's own.
    private func hash(_ range: AddressRange) -> UInt64 {
        let first = (range.network.high ^ seed).multipliedFullWidth(
            by: range.network.low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(range.prefixLength) << 56)
        let second = (first.high ^ first.low ^ seed).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return second.high ^ second.low
    }
}
