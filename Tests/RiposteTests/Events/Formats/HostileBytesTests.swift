import Riposte
import Testing

/// Real-looking lines to cut and to damage.
private let seeds: [(LogFormat, String)] = [
    (.sshd, "<38>Nov 21 07:01:02 web01 sshd[123]: Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2"),
    (.sshd, "2026-11-21T07:01:02.123456+01:00 web01 sshd-session[123]: Invalid user admin from 2001:db8::9 port 51022"),
    (
        .sshd,
        "<38>1 2026-11-21T07:01:02.123Z web01 sshd 123 ID47 [a b=\"c \\\" \\]\"] Accepted publickey for bob from 203.0.113.9 "
            + "port 1 ssh2: RSA SHA256:x"
    ),
    (
        .sshd,
        "Nov 21 07:01:02 web01 sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
            + "rhost=203.0.113.9  user=root"
    ),
    (.sshd, "Nov 21 07:01:02 web01 sshd[1]: message repeated 5 times: [ Failed password for root from 203.0.113.9 port 51022 ssh2]"),
    (.sshd, "Nov 21 07:01:02 web01 sshd[1]: User bob from 203.0.113.9 not allowed because not listed in AllowUsers"),
    (
        .sshd,
        "Nov 21 07:01:02 web01 sshd[1]: error: maximum authentication attempts exceeded for invalid user x from 203.0.113.9 "
            + "port 5 ssh2 [preauth]"
    ),
    (
        .sshd,
        "Nov 21 07:01:02 web01 sshd[1]: PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= "
            + "rhost=203.0.113.9  user=root"
    ),
    (.sshd, "Nov 21 07:01:02 web01 sshd[1]: Connection closed by authenticating user root 203.0.113.9 port 51022 [preauth]"),
    (.sshd, "Nov 21 07:01:02 web01 sshd[1]: error: PAM: Authentication failure for illegal user x from 203.0.113.9"),
    (.sshd, "Nov 21 07:01:02 web01 last message repeated 5 times"),
    (
        .nginx,
        "shop.example:443 203.0.113.9 - bob [21/Nov/2026:07:01:02 +0000] \"POST /login?x=\\x22 HTTP/1.1\" 401 153 "
            + "\"https://e.org/\" \"Mozilla/5.0\""
    ),
    (
        .jsonl,
        "{\"time\":\"2026-11-21T07:01:02.5Z\",\"kind\":\"auth.login\",\"ip\":\"203.0.113.9\","
            + "\"user\":\"a\\u00e9\\ud83d\\ude00\",\"n\":[-1.5e+3,{\"x\":null}],\"attributes\":{\"a\":true}}"
    ),
    (
        .jsonl,
        "{\"class_uid\":3002,\"activity_id\":1,\"status_id\":2,\"time\":1795244462123,"
            + "\"src_endpoint\":{\"ip\":\"2001:db8::9\",\"port\":1},\"user.name\":\"b\"}"
    ),
]

@Suite struct `hostile bytes` {
    private func mutate(_ line: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var line = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0...line.count, using: &random)
            let splice = Array(seeds[Int.random(in: 0..<seeds.count, using: &random)].1.utf8)
            let from = Int.random(in: 0..<splice.count, using: &random)
            let part = splice[from..<min(splice.count, from + Int.random(in: 1...24, using: &random))]
            switch Int.random(in: 0...5, using: &random) {
            case 0 where index < line.count: line[index] = .random(in: 0...255, using: &random)
            case 1 where index < line.count: line.remove(at: index)
            case 2: line.insert(contentsOf: part, at: index)
            case 3: line.replaceSubrange(index..<min(line.count, index + part.count), with: part)
            case 4: line.removeSubrange(index...)
            default: line.insert([0x20, 0x22, 0x5B, 0x5D, 0x5C, 0x00, 0xFF, 0x3A][index % 8], at: index)
            }
        }
        return line
    }

    @Test(arguments: LogFormat.allCases)
    func `never stop a parser`(format: LogFormat) {
        var random = SeededGenerator(seed: 20_261_121)
        let own = seeds.filter { $0.0 == format }.map { Array($0.1.utf8) }
        var parser = format.make(source: "test")
        var events: [Event] = []
        var fates: Set<LineVerdict> = []
        for round in 0..<100_000 {
            let line = mutate(own[round % own.count], &random)
            let before = events.count
            let verdict = parser.parse(line.span, now: present, into: &events)
            fates.insert(verdict)
            #expect((verdict == .event) == (events.count == before + 1))
            if let event = events.last, event.time > present || event.count < 1 { Issue.record("round \(round): \(event)") }
            if events.count > 1000 { events.removeAll() }
        }
        #expect(fates.isSuperset(of: [.event, .malformed, .badTime, .badAddress]))
    }

    @Test(arguments: seeds)
    func `that end at any point are a line like any other`(format: LogFormat, line: String) {
        let bytes = Array(line.utf8)
        var events: [Event] = []
        for end in 0..<bytes.count {
            var parser = format.make(source: "test")
            let cut = Array(bytes[..<end])
            let verdict = parser.parse(cut.span, now: present, into: &events)
            #expect(verdict != .tooLong)
        }
    }

    @Test(arguments: LogFormat.allCases)
    func `of a megabyte are read in a moment`(format: LogFormat) {
        let patterns = [
            " ", "a", "\0", "[", "{\"a\":", "\"\\", "from ", " port 1", " ruser= rhost=", " not allowed because ", "\\u", "[x y=\"", "<1>",
        ]
        let heads = seeds.map { Array($0.1.utf8.prefix(60)) } + [[]]
        for pattern in patterns {
            let fill = Array(String(repeating: pattern, count: (1 << 20) / pattern.utf8.count).utf8)
            var parser = format.make(source: "test")
            var events: [Event] = []
            for head in heads {
                let line = head + fill
                _ = parser.parse(line.span, now: present, into: &events)
            }
            #expect(events.allSatisfy { ($0.user?.utf8.count ?? 0) <= 256 })
        }
    }

    @Test func `at the edges of time do not stop a parser`() {
        for format in LogFormat.allCases {
            for now in [Timestamp.distantPast, Timestamp(seconds: 0), .distantFuture] {
                for (_, line) in seeds {
                    var parser = format.make(source: "test")
                    var events: [Event] = []
                    let bytes = Array(line.utf8)
                    _ = parser.parse(bytes.span, now: now, into: &events)
                    #expect(events.allSatisfy { $0.time <= now })
                }
            }
        }
    }
}
