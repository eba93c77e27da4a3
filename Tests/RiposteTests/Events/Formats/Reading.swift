import Riposte

/// 2026-11-21T12:00:00Z, the present of these tests.
let present = Timestamp(seconds: 1_795_262_400)

/// What a parser made of some lines.
struct Reading {
    var events: [Event] = []
    var verdicts: [LineVerdict] = []
    var clamped: UInt64 = 0

    init(_ parser: some LineParser, _ lines: [String], now: Timestamp = present) {
        self.init(parser, lines.map { Array($0.utf8) }, now: now)
    }

    init(_ parser: some LineParser, _ lines: [[UInt8]], now: Timestamp = present) {
        var parser = parser
        for line in lines { verdicts.append(parser.parse(line.span, now: now, into: &events)) }
        clamped = parser.clampedTimes
    }

    /// How many failures the events stand for.
    var failures: UInt32 { events.filter { $0.outcome == .failure }.reduce(0) { $0 + $1.count } }
}

/// Reads sshd messages as RFC 3164 lines of one process.
func sshd(_ messages: String..., process: Int = 4711) -> Reading {
    Reading(SSHDParser(source: "test"), messages.map { "Nov 21 07:01:02 web01 sshd[\(process)]: \($0)" })
}

func address(_ text: String) -> IPAddress? { IPAddress(text) }

/// A small generator with a seed, so that a failure can be had again (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
