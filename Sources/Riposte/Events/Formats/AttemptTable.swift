/// Which login attempts of recent connections have been counted, so that what sshd says about one attempt on several
/// lines counts once.
///
/// A connection is known by host and process number, and an attempt in it by the address and, where both lines have one,
/// the port. Of fixed size, 256 sets of four: in a full set the oldest makes room. Asking is O(1).
struct AttemptTable: Sendable {
    /// What the last line of a connection was. sshd and PAM speak of one attempt in this order, each at most once.
    enum Stage: UInt8, Sendable {
        case none
        /// Public keys were refused, nothing that counts.
        case keys
        /// "not allowed because", without an address.
        case refused
        /// "Invalid user" or "not allowed because", with its address.
        case named
        /// PAM's own "authentication failure".
        case pam
        /// "error: PAM: Authentication failure".
        case pamError
        /// "Failed password", which ends an attempt.
        case password
        /// "Failed keyboard-interactive/pam", which ends an attempt.
        case keyboard

        /// Whether a line of this stage speaks of the same attempt as one of `earlier` before it.
        @inline(__always)
        func continues(_ earlier: Stage) -> Bool {
            switch self {
            case .password, .pamError: earlier == .named || earlier == .pam
            case .keyboard: earlier == .named || earlier == .pam || earlier == .pamError
            case .pam: earlier == .named
            case .none, .keys, .refused, .named: false
            }
        }
    }

    struct Attempt: Sendable {
        var key: UInt64 = 0
        var address = IPAddress(high: 0, low: 0)
        var time = Timestamp.distantPast
        var port: UInt16 = 0
        var stage = Stage.none
        var reason = Event.Reason.none
    }

    /// What opening an attempt found.
    struct Opening {
        /// The attempt was counted by an earlier line.
        var isContinued = false
        /// What the line before continued from.
        var earlier = Stage.none
        /// Why the account was refused, where an earlier line of the connection said so.
        var refusal = Event.Reason.none
    }

    private var slots = [Attempt](repeating: Attempt(), count: Self.sets * Self.ways)
    private static let sets = 256
    private static let ways = 4
    /// Ten minutes: longer than any connection may take to sign in (`LoginGraceTime` is two minutes by default).
    private static let memory: Int64 = 600_000_000

    /// Where the connection is kept, or would be.
    @inline(__always)
    private func place(of key: UInt64) -> Int {
        let first = Int(truncatingIfNeeded: (key ^ key >> 32) & UInt64(Self.sets - 1)) * Self.ways
        var oldest = first
        for index in first..<first + Self.ways {
            if slots[index].key == key { return index }
            if slots[index].time < slots[oldest].time { oldest = index }
        }
        return oldest
    }

    /// Takes note of a line about an attempt, and tells whether an earlier line counted it.
    @inline(__always)
    mutating func open(_ stage: Stage, key: UInt64, peer: Peer, time: Timestamp) -> Opening {
        let index = place(of: key)
        let old = slots[index]
        var opening = Opening()
        var port = peer.port
        if old.key == key, old.stage != .none, time.microseconds(since: old.time) < Self.memory {
            let isSamePeer = old.address == peer.address && (old.port == port || old.port == 0 || port == 0)
            opening.isContinued = isSamePeer && stage.continues(old.stage)
            opening.earlier = old.stage
            if isSamePeer || old.stage == .refused { opening.refusal = old.reason }
            if isSamePeer, port == 0 { port = old.port }
        }
        slots[index] = Attempt(key: key, address: peer.address, time: time, port: port, stage: stage, reason: opening.refusal)
        return opening
    }

    /// Remembers why the connection's account is refused, whatever it will try.
    mutating func refuse(key: UInt64, reason: Event.Reason, stage: Stage, peer: Peer?, time: Timestamp) {
        slots[place(of: key)] = Attempt(
            key: key, address: peer?.address ?? IPAddress(high: 0, low: 0), time: time, port: peer?.port ?? 0, stage: stage, reason: reason)
    }

    /// Remembers that the connection tried keys, unless more is known of it.
    mutating func noteKeys(key: UInt64, time: Timestamp) {
        guard stage(of: key, at: time) == .none else { return }
        slots[place(of: key)] = Attempt(key: key, time: time, stage: .keys)
    }

    /// The stage of the connection's last attempt; `.none` where nothing is known of it.
    @inline(__always)
    func stage(of key: UInt64, at time: Timestamp) -> Stage {
        let slot = slots[place(of: key)]
        return slot.key == key && time.microseconds(since: slot.time) < Self.memory ? slot.stage : .none
    }

    /// Forgets a connection that has ended or signed in; its place is the next to be taken.
    mutating func forget(key: UInt64) {
        let index = place(of: key)
        if slots[index].key == key { slots[index] = Attempt() }
    }
}

extension Timestamp {
    /// The microseconds from `other` to this; saturates.
    @inline(__always)
    func microseconds(since other: Timestamp) -> Int64 {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
        return overflow ? (other.microseconds < 0 ? .max : .min) : difference
    }
}
