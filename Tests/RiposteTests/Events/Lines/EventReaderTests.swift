import Riposte
import Testing

private let text = """
    Nov 21 07:01:02 web01 sshd[1]: Invalid user admin from 203.0.113.9 port 51022
    Nov 21 07:01:04 web01 sshd[1]: Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2
    nonsense
    Foo 21 07:01:04 web01 sshd[2]: Failed password for root from 203.0.113.9 port 51022 ssh2
    Nov 21 07:01:05 web01 sshd[3]: Failed password for root from nowhere port 51022 ssh2
    Nov 21 07:01:06 web01 sshd[4]: Accepted password for root from 203.0.113.9 port 51022 ssh2

    """

@Suite struct `an event reader` {
    @Test func `counts what became of each line`() {
        var reader = EventReader(SSHDParser(source: "test"), lineLimit: 200)
        var events: [Event] = []
        let long = String(repeating: "x", count: 300) + "\n"
        reader.read(Array((text + long).utf8), now: noon, into: &events)
        let counts = reader.counts
        #expect(counts.event == 2 && counts.irrelevant == 1 && counts.malformed == 1 && counts.badTime == 1 && counts.badAddress == 1)
        #expect(counts.tooLong == 1 && counts.lines == 7 && counts.rejected == 4 && counts[.tooLong] == 1)
        #expect(events.map(\.outcome) == [.failure, .success])
    }

    @Test func `reads the same however the bytes are cut, and says where the last whole line ends`() {
        let bytes = Array(text.utf8)
        for size in 1...120 {
            var reader = EventReader(SSHDParser(source: "test"))
            var events: [Event] = []
            var offset = 0
            while offset < bytes.count {
                let end = min(offset + size, bytes.count)
                let consumed = reader.read(Array(bytes[offset..<end]), now: noon, into: &events)
                let lastEnd = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
                #expect(consumed == max(lastEnd - offset, 0))
                #expect(reader.completedBytes == UInt64(lastEnd))
                offset = end
            }
            #expect(events.count == 2 && reader.counts.lines == 6)
        }
    }

    @Test func `reads a last line without its end when the stream ends`() {
        var reader = LogFormat.sshd.reader(source: "test")
        var events: [Event] = []
        let line = Array("Nov 21 07:01:06 web01 sshd[4]: Accepted password for root from 203.0.113.9 port 51022 ssh2".utf8)
        #expect(reader.read(line, now: noon, into: &events) == 0)
        #expect(events.isEmpty && reader.completedBytes == 0)
        reader.finish(now: noon, into: &events)
        reader.finish(now: noon, into: &events)
        #expect(events.count == 1 && reader.completedBytes == UInt64(line.count) && reader.counts.lines == 1)
    }

    @Test func `counts times of the future`() {
        var reader = LogFormat.jsonl.reader(source: "test")
        var events: [Event] = []
        reader.read(Array("{\"time\":\"2030-01-01T00:00:00Z\"}\n".utf8), now: noon, into: &events)
        #expect(events.first?.time == noon && reader.counts.clampedTimes == 1)
    }
}
