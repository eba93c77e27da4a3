/// One attempt to sign in, as the detectors keep it.
struct Attempt: Sendable {
    /// Microseconds since the epoch.
    var time: Int64
    /// `::` where there is none.
    var address: IPAddress
    var user: UserID
    /// Which source of events it came from, by number.
    var feed: UInt16
    var outcome: Event.Outcome
    var reason: Event.Reason
    var method: Event.Method

    /// Whether it says nothing about the password: the account was locked, disabled or expired. A lock must not feed itself.
    var isBarred: Bool { [.locked, .disabled, .expired].contains(reason) }
}

/// A user by number: 63 bits of a salted hash of the name, and whether the account exists. A stranger chooses the names of
/// accounts that do not exist, so those are kept nowhere else.
struct UserID: Sendable, Hashable, Comparable {
    let raw: UInt64

    static let nobody = UserID(raw: .max)

    private init(raw: UInt64) { self.raw = raw }

    init(_ name: String, exists: Bool, salt: UInt64) {
        let hash = Self.hash(name, salt)
        raw = exists ? hash >> 1 : hash >> 1 | 1 << 63
    }

    var exists: Bool { raw >> 63 == 0 }

    /// `#3f9a17c2`: what a record says instead of a name that somebody may have typed a password as.
    var pseudonym: String {
        let text = String(UInt32(truncatingIfNeeded: raw), radix: 16)
        return "#" + String(repeating: "0", count: 8 - text.count) + text
    }

    static func < (a: UserID, b: UserID) -> Bool { a.raw < b.raw }

    /// Folded multiplication, eight bytes at a time. Fast, and with a secret salt good enough for a table that an attacker
    /// would like to fill with collisions.
    private static func hash(_ name: String, _ salt: UInt64) -> UInt64 {
        var state = salt
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in name.utf8 {
            word = word << 8 | UInt64(byte)
            count &+= 1
            if count & 7 == 0 { (state, word) = (fold(state ^ word), 0) }
        }
        return fold(fold(state ^ word) ^ count)
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
