/// A day, counted from 1970.
struct Day: Sendable, Hashable, Comparable, Codable {
    var number: Int32

    init(number: Int32) { self.number = number }
    init(_ time: Timestamp) { number = Int32(clamping: time.microseconds / 86_400_000_000) }
    init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int32.self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    static func < (a: Day, b: Day) -> Bool { a.number < b.number }

    /// Whether it is one of the 7 days up to `today`.
    func isRecent(at today: Day) -> Bool { number > today.number - 7 }
}

/// A count for each of the last 7 days.
struct DayCounts: Sendable, Hashable, Codable {
    private(set) var latest = Day(number: 0)
    private var counts = [UInt32](repeating: 0, count: 7)

    mutating func add(_ day: Day) {
        if day > latest { advance(to: day) }
        guard day.isRecent(at: latest) else { return }
        counts[Self.place(day)] &+= 1
    }

    func sum(_ today: Day) -> Int {
        (0..<7).reduce(0) { sum, back in
            var day = latest
            day.number -= Int32(back)
            return sum + (day.number >= 0 && day.isRecent(at: today) ? Int(counts[Self.place(day)]) : 0)
        }
    }

    private mutating func advance(to day: Day) {
        let steps = min(Int(day.number) - Int(latest.number), 7)
        for back in 0..<steps { counts[Self.place(number: day.number - Int32(back))] = 0 }
        latest = day
    }

    private static func place(_ day: Day) -> Int { place(number: day.number) }
    private static func place(number: Int32) -> Int { ((Int(number) % 7) + 7) % 7 }
}

/// Who has signed in from one address. Of more than 64 accounts only the latest are known by name; they are counted all the
/// same.
struct AddressSuccesses: Sendable, Hashable, Codable {
    struct Mark: Sendable, Hashable {
        var user: UInt64
        var day: Day
    }

    static let limit = 64
    private(set) var users: [Mark] = []
    private(set) var days = DayCounts()

    /// Whether it is the account's first sign-in of that day here.
    mutating func add(_ user: UInt64, _ day: Day) -> Bool {
        if let place = users.firstIndex(where: { $0.user == user }) {
            guard users[place].day < day else { return false }
            users[place].day = day
        } else if users.count < Self.limit {
            users.append(Mark(user: user, day: day))
        } else if let oldest = users.indices.min(by: { users[$0].day < users[$1].day }) {
            users[oldest] = Mark(user: user, day: day)
        }
        days.add(day)
        return true
    }
}

extension AddressSuccesses.Mark: Codable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        user = UInt64(bitPattern: try container.decode(Int64.self))
        day = try container.decode(Day.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(Int64(bitPattern: user))
        try container.encode(day)
    }
}

/// One part of a ``SuccessLedger``: what is written together.
struct SuccessPart: Sendable, Hashable {
    static let addressLimit = 128
    static let userLimit = 1024

    private(set) var addresses: [AddressRange: AddressSuccesses] = [:]
    private var users: [UInt64: Day] = [:]
    /// All that were counted here, whether their addresses are still known or not.
    private(set) var total = DayCounts()
    private(set) var evictions = 0

    /// Notes the account's last success; tells whether it is the first of that day.
    mutating func seen(_ user: UInt64, _ day: Day) -> Bool {
        if let known = users[user], known >= day { return false }
        users[user] = day
        guard users.count > Self.userLimit else { return true }
        for (user, _) in users.sorted(by: { $0.value < $1.value }).prefix(Self.userLimit / 4) { users[user] = nil }
        evictions += Self.userLimit / 4
        return true
    }

    mutating func succeeded(_ user: UInt64, at address: AddressRange, _ day: Day) -> Bool {
        guard addresses[address, default: AddressSuccesses()].add(user, day) else { return false }
        total.add(day)
        if addresses.count > Self.addressLimit { makeRoom() }
        return true
    }

    /// Addresses of one account go first, and of those the oldest: it is the shared ones that matter.
    private mutating func makeRoom() {
        let order = addresses.sorted { a, b in
            let (first, second) = (a.value.users.count > 1, b.value.users.count > 1)
            return first != second ? second : a.value.days.latest < b.value.days.latest
        }
        for (address, _) in order.prefix(Self.addressLimit / 4) { addresses[address] = nil }
        evictions += Self.addressLimit / 4
    }

    func lastSuccess(of user: UInt64) -> Day? { users[user] }
    func recentUsers(_ today: Day) -> Int { users.values.count { $0.isRecent(at: today) } }
    func recentAddresses(_ today: Day) -> Int { addresses.values.count { $0.days.latest.isRecent(at: today) } }
}

extension SuccessPart: Codable {
    private enum CodingKeys: String, CodingKey { case addresses, users, total, evictions }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        addresses = try container.decode([AddressRange: AddressSuccesses].self, forKey: .addresses)
        let marks = try container.decode([AddressSuccesses.Mark].self, forKey: .users)
        users = Dictionary(marks.map { ($0.user, $0.day) }) { max($0, $1) }
        total = try container.decode(DayCounts.self, forKey: .total)
        evictions = try container.decode(Int.self, forKey: .evictions)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(addresses, forKey: .addresses)
        try container.encode(users.map { AddressSuccesses.Mark(user: $0.key, day: $0.value) }, forKey: .users)
        try container.encode(total, forKey: .total)
        try container.encode(evictions, forKey: .evictions)
    }

    init?(_ json: JSONValue) {
        guard let part = RecordCoding.value(SuccessPart.self, in: json) else { return nil }
        self = part
    }

    var json: JSONValue { RecordCoding.tree(of: self) }
}
