import Riposte
import Testing

@Suite struct `a name that is too long to be an account's` {
    private static let long = String(repeating: "y", count: 5000)

    /// The name as each format has it.
    private func names(_ name: String) -> [String] {
        let lines: [(any LineParser, String)] = [
            (
                SSHDParser(source: "test"),
                "2026-11-28T07:00:00+00:00 web1 sshd[1]: Failed password for \(name) from 203.0.113.9 port 4 ssh2"
            ),
            (AccessLogParser(source: "test"), "203.0.113.9 - \(name) [28/Nov/2026:07:00:00 +0000] \"GET / HTTP/1.1\" 401 12 \"-\" \"c\""),
            (JSONLinesParser(source: "test"), "{\"time\":1795244462,\"kind\":\"auth.login\",\"user\":\"\(name)\"}"),
            (JSONLinesParser(source: "test"), "{\"time\":1795244462,\"kind\":\"auth.login\",\"user\":\"\\u0079\(name.dropFirst())\"}"),
        ]
        return lines.compactMap { parser, line in
            var (parser, events) = (parser, [Event]())
            _ = parser.parse(Array(line.utf8).span, now: noon, into: &events)
            return events.first?.user
        }
    }

    @Test func `is cut, and stays different from others that begin alike`() {
        let (first, second) = (names(Self.long + "1"), names(Self.long + "2"))
        #expect(first.count == 4 && second.count == 4)
        #expect(Set(first).count == 1 && Set(first).isDisjoint(with: second))
        for name in first {
            #expect(name.hasPrefix("yyy"))
            #expect((Event.longestName + 1...300).contains(name.utf8.count))
        }
    }

    @Test func `cannot be written as what is kept of it`() throws {
        let kept = try #require(names(Self.long).first)
        #expect(!names(kept).contains(kept))
    }

    @Test func `is whole up to the longest that an account can have`() {
        let name = String(repeating: "y", count: Event.longestName)
        #expect(Set(names(name)) == [name])
    }
}
