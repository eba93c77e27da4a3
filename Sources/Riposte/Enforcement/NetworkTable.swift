/// The networks of one prefix length that are held: open addressing with linear probing (Knuth, TAOCP 6.4), at most three
/// quarters full, in 256 parts that grow by themselves.
struct NetworkTable: Sendable {
    /// When each hold on a network ends; `.min` = there is none, `.max` = without end. In microseconds.
    struct Ends {
        var ban = Int64.min
        var throttle = Int64.min

        var areNone: Bool { ban == .min && throttle == .min }
    }

    /// One network, or a place where there is none. 32 bytes: it never lies in two lines of the cache.
    private struct Slot {
        var network = IPAddress(high: 0, low: 0)
        var ends = Ends()
    }

    private struct Part {
        var slots: [Slot] = []
        var count = 0
    }

    let length: Int
    private(set) var count = 0
    private let mask: (high: UInt64, low: UInt64)
    private var parts = [Part](repeating: Part(), count: 256)
    /// Attackers choose their addresses, so where each lies must not be known to them.
    private let seeds = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))

    init(length: Int, isV4: Bool) {
        self.length = length
        let all = AddressRange(IPAddress(high: .max, low: .max), prefixLength: isV4 ? length + 96 : length).network
        mask = (all.high, all.low)
    }

    /// The holds on the network that `address` is in; `nil` = there are none.
    func ends(around address: IPAddress) -> Ends? {
        let network = IPAddress(high: address.high & mask.high, low: address.low & mask.low)
        let hash = hash(network)
        let part = Int(hash >> 56)
        return find(network, hash).map { parts[part].slots[$0].ends }
    }

    /// Changes the holds on one network, which goes where none is left and comes where the first is made.
    mutating func change(_ network: IPAddress, _ body: (inout Ends) -> Void) {
        let hash = hash(network)
        let part = Int(hash >> 56)
        if let place = find(network, hash) {
            body(&parts[part].slots[place].ends)
            if parts[part].slots[place].ends.areNone { remove(part, place) }
            return
        }
        var slot = Slot(network: network)
        body(&slot.ends)
        guard !slot.ends.areNone else { return }
        if (parts[part].count + 1) * 4 > parts[part].slots.count * 3 { grow(part) }
        insert(slot, part, hash)
        parts[part].count += 1
        count += 1
    }

    // MARK: - Pieces

    private func find(_ network: IPAddress, _ hash: UInt64) -> Int? {
        let part = Int(hash >> 56)
        let mask = parts[part].slots.count - 1
        guard mask >= 0 else { return nil }
        var place = Int(truncatingIfNeeded: hash) & mask
        while !parts[part].slots[place].ends.areNone {
            if parts[part].slots[place].network == network { return place }
            place = (place + 1) & mask
        }
        return nil
    }

    private mutating func insert(_ slot: Slot, _ part: Int, _ hash: UInt64) {
        let mask = parts[part].slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while !parts[part].slots[place].ends.areNone { place = (place + 1) & mask }
        parts[part].slots[place] = slot
    }

    private mutating func grow(_ part: Int) {
        let old = parts[part].slots
        parts[part].slots = [Slot](repeating: Slot(), count: max(old.count * 2, 4))
        for slot in old where !slot.ends.areNone { insert(slot, part, hash(slot.network)) }
    }

    /// Those that were pushed on by it move back, so that no search ends too early.
    private mutating func remove(_ part: Int, _ place: Int) {
        let mask = parts[part].slots.count - 1
        var (hole, next) = (place, (place + 1) & mask)
        while case let slot = parts[part].slots[next], !slot.ends.areNone {
            let home = Int(truncatingIfNeeded: hash(slot.network)) & mask
            if (next - home) & mask >= (next - hole) & mask {
                parts[part].slots[hole] = slot
                hole = next
            }
            next = (next + 1) & mask
        }
        parts[part].slots[hole] = Slot()
        parts[part].count -= 1
        count -= 1
    }

    /// Mixes by multiplication to 128 bits, as wyhash does; the seeds make it this table's own.
    private func hash(_ network: IPAddress) -> UInt64 {
        let first = (network.high ^ seeds.0).multipliedFullWidth(by: network.low ^ seeds.1)
        let second = (first.high ^ first.low ^ seeds.0).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return second.high ^ second.low
    }
}
