/// Which addresses and networks are held, and until when, laid out for being asked: an address is looked up once for each
/// prefix length that occurs, without a lock or an allocation.
///
/// A value whose copies share what they have in common: a change of one that somebody else holds a copy of copies one part
/// in 256 of the networks of that length.
struct AddressTable: Sendable {
    /// How an address is held, the strictest last.
    enum Hold: Sendable, Comparable {
        case none, throttle, ban
    }

    /// One for each prefix length that occurs, the longest first.
    private var v4: [NetworkTable] = []
    private var v6: [NetworkTable] = []

    /// How `address` is held at `time`, and by a network of which length: a ban before a throttle, then the narrowest.
    /// O(prefix lengths that occur), at most 33 or 129.
    func hold(_ address: IPAddress, at time: Timestamp) -> (hold: Hold, length: Int) {
        address.isV4 ? Self.hold(address, at: time.microseconds, in: v4) : Self.hold(address, at: time.microseconds, in: v6)
    }

    private static func hold(_ address: IPAddress, at time: Int64, in tables: [NetworkTable]) -> (hold: Hold, length: Int) {
        var throttle: Int?
        for index in tables.indices {
            guard let ends = tables[index].ends(around: address) else { continue }
            if ends.ban > time { return (.ban, tables[index].length) }
            if throttle == nil, ends.throttle > time { throttle = tables[index].length }
        }
        return throttle.map { (.throttle, $0) } ?? (.none, 0)
    }

    /// Notes until when a network is banned; `nil` = it is not.
    mutating func set(_ range: AddressRange, banUntil end: Timestamp?) { change(range) { $0.ban = end?.microseconds ?? .min } }

    /// Notes until when a network is throttled; `nil` = it is not.
    mutating func set(_ range: AddressRange, throttleUntil end: Timestamp?) { change(range) { $0.throttle = end?.microseconds ?? .min } }

    private mutating func change(_ range: AddressRange, _ body: (inout NetworkTable.Ends) -> Void) {
        if range.network.isV4 { Self.change(range, in: &v4, body) } else { Self.change(range, in: &v6, body) }
    }

    private static func change(_ range: AddressRange, in tables: inout [NetworkTable], _ body: (inout NetworkTable.Ends) -> Void) {
        let place = tables.firstIndex { $0.length <= range.prefixLength } ?? tables.endIndex
        if place == tables.endIndex || tables[place].length != range.prefixLength {
            tables.insert(NetworkTable(length: range.prefixLength, isV4: range.network.isV4), at: place)
        }
        tables[place].change(range.network, body)
        if tables[place].count == 0 { tables.remove(at: place) }
    }
}
