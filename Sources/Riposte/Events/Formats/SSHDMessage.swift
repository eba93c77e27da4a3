/// One of sshd's messages inside its line, with what the frame said of it.
struct SSHDMessage {
    var start: Int
    var end: Int
    /// Host and process number: what tells connections apart.
    let key: UInt64
    let host: UInt64
    /// When it was written; never in the future.
    let time: Timestamp
    /// The time the line bears.
    let writtenTime: Timestamp
    /// How often the message was repeated.
    var count: UInt32 = 1

    @inline(__always)
    init(_ frame: SyslogFrame, _ line: Span<UInt8>, time: Timestamp, now: Timestamp) {
        start = frame.message.lowerBound
        end = frame.message.upperBound
        host = Self.hash(line, frame.host)
        key = host << 32 | UInt64(frame.processID)
        self.time = min(time, now)
        writtenTime = time
    }

    /// A number for a host's name (FNV-1a). Names come from the log's own frame, not from strangers.
    @inline(__always)
    static func hash(_ line: Span<UInt8>, _ host: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in host.lowerBound..<min(host.upperBound, host.lowerBound + 64) {
            hash = (hash ^ UInt64(line[index])) &* 0x100_0000_01B3
        }
        return hash
    }
}

/// PAM's failures that no line of sshd has answered yet. For keyboard-interactive sign-ins PAM runs in a process of its
/// own, so that only the address ties its line to sshd's.
struct PAMSightings: Sendable {
    private var sightings: [(address: IPAddress, time: Timestamp)] = []
    private static let capacity = 16
    private static let memory: Int64 = 30_000_000

    mutating func add(_ address: IPAddress, at time: Timestamp) {
        if sightings.count == Self.capacity { sightings.removeFirst() }
        sightings.append((address, time))
    }

    /// Takes the oldest fresh one of this address away; whether there was one.
    mutating func take(_ address: IPAddress, at time: Timestamp) -> Bool {
        guard !sightings.isEmpty else { return false }
        guard let index = sightings.firstIndex(where: { $0.address == address && time.microseconds(since: $0.time) < Self.memory }) else {
            return false
        }
        sightings.remove(at: index)
        return true
    }
}
