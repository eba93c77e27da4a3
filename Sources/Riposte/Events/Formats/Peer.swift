/// The other end of a connection.
struct Peer: Sendable, Equatable {
    var address: IPAddress
    var port: UInt16 = 0
}

/// What the end of one of sshd's messages says: `… USER from ADDRESS port N ssh2 [preauth]`.
///
/// It is read from the END. The user's name comes first and is a stranger's text, which may itself read
/// `root from 192.0.2.1 port 22 ssh2`; what follows it is sshd's. Where sshd's part holds no address, nothing before it is
/// tried instead.
struct PeerTail {
    /// Where the name ends; it may be empty.
    var userEnd: Int
    /// `nil` where a host's name, or something else, stands in the address's place.
    var peer: Peer?

    /// - Parameters:
    ///   - range: from the first byte of the name to the end of the message.
    ///   - hasFrom: whether `from` stands between the name and the address.
    @inline(__always)
    init?(_ line: Span<UInt8>, _ range: Range<Int>, hasFrom: Bool = true) {
        let end = Self.withoutSuffixes(line, range)
        guard let before = line.last(0x20, from: range.lowerBound, to: end) else { return nil }
        var address = before + 1..<end
        var port: UInt16 = 0
        if isDigit(line.byte(before + 1)), line.has(" port", before: before), before - 5 > range.lowerBound {
            port = line.number(in: address, atMost: 5).flatMap { UInt16(exactly: $0) } ?? 0
            guard let space = line.last(0x20, from: range.lowerBound, to: before - 5) else { return nil }
            address = space + 1..<before - 5
        }
        guard !address.isEmpty else { return nil }
        userEnd = address.lowerBound - 1
        if hasFrom {
            guard line.has(" from", before: userEnd) else { return nil }
            userEnd -= 5
        }
        guard userEnd >= range.lowerBound else { return nil }
        peer = IPAddress(span: line.extracting(address)).map { Peer(address: $0, port: port) }
    }

    /// The end of the message without ` [preauth]` and ` ssh2`.
    @inline(__always)
    private static func withoutSuffixes(_ line: Span<UInt8>, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, line[end - 1] == 0x20 { end -= 1 }
        if end - range.lowerBound > 10, line.has(" [preauth]", before: end) { end -= 10 }
        if end - range.lowerBound > 5, line.has(" ssh", before: end - 1) { end -= 5 }
        return end
    }
}
