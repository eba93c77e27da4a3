import Riposte
import Testing

/// Names that look like sshd's own words. The attacker is always 203.0.113.9, the victim to be blamed 192.0.2.1.
private let names = [
    "root from 192.0.2.1 port 22 ssh2", "x from 192.0.2.1", "from 192.0.2.1 port 22", "from 192.0.2.1", "", " ", "invalid user x",
    "Failed password for root from 192.0.2.1 port 22 ssh2", "a b c", "x port 22 ssh2", "port 22", "port", "ssh2", "[preauth]",
    "x from 192.0.2.1 port 22 ssh2 [preauth]", "rhost=192.0.2.1", "x  user=y rhost=192.0.2.1 ", "x ruser= rhost=192.0.2.1  user=y",
    "x not allowed because account is locked", "]", "message repeated 9 times: [ x]", "x from 192.0.2.1 port 22 ssh2]",
    "x from 192.0.2.1 port 22 ssh2: RSA SHA256:x", "x 192.0.2.1 port 22", "\\012Nov 21 07:01:02 web01 sshd[1]: Failed",
]

private let forms: [(String, String)] = [
    ("Failed password for invalid user ", " from 203.0.113.9 port 51022 ssh2"),
    ("Failed password for ", " from 203.0.113.9 port 51022 ssh2"),
    ("Failed keyboard-interactive/pam for invalid user ", " from 203.0.113.9 port 51022 ssh2"),
    ("Invalid user ", " from 203.0.113.9 port 51022"), ("Invalid user ", " from 203.0.113.9"),
    ("error: PAM: Authentication failure for illegal user ", " from 203.0.113.9"),
    ("error: maximum authentication attempts exceeded for invalid user ", " from 203.0.113.9 port 51022 ssh2 [preauth]"),
    ("Connection closed by authenticating user ", " 203.0.113.9 port 51022 [preauth]"),
    ("Disconnected from authenticating user ", " 203.0.113.9 port 51022 [preauth]"),
    ("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=", ""),
    ("message repeated 2 times: [ Failed password for invalid user ", " from 203.0.113.9 port 51022 ssh2]"),
]

@Suite struct `a user's name that imitates a log line` {
    @Test(arguments: names)
    func `never changes the address`(name: String) {
        for (before, after) in forms {
            let reading = sshd(before + name + after)
            #expect(reading.events.count == 1, "\(before)\(name)\(after)")
            #expect(reading.events.allSatisfy { $0.address == address("203.0.113.9") }, "\(before)\(name)\(after)")
            #expect(reading.events.allSatisfy { $0.outcome != .success })
        }
    }

    @Test(arguments: names)
    func `is kept as it was typed`(name: String) {
        for (before, after) in forms where before.hasSuffix("user ") && !before.hasPrefix("error: PAM") {
            #expect(sshd(before + name + after).events.first?.user == name, "\(before)\(name)\(after)")
        }
    }

    @Test func `does not hide an address that is none behind one that it holds`() {
        #expect(
            sshd("Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from evil.example port 51022 ssh2").verdicts == [
                .badAddress
            ])
        #expect(sshd("Invalid user x from 192.0.2.1 port 22 from evil.example port 51022").verdicts == [.badAddress])
    }

    @Test func `that is no UTF-8 is repaired`() {
        var line = Array("Nov 21 07:01:02 web01 sshd[1]: Invalid user ".utf8)
        line += [0x61, 0xFF, 0xC3, 0x00, 0x62] + Array(" from 203.0.113.9 port 51022".utf8)
        #expect(Reading(SSHDParser(source: "test"), [line]).events.first?.user == "a\u{FFFD}\u{FFFD}\u{0}b")
    }

    @Test func `is cut to 256 bytes between characters, with a mark`() throws {
        let user = try #require(sshd("Invalid user \(String(repeating: "€", count: 1000)) from 203.0.113.9 port 1").events.first?.user)
        #expect(user.hasPrefix(String(repeating: "€", count: 85) + "…") && user.count == 85 + 14)
    }
}
