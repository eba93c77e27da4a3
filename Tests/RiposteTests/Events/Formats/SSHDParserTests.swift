import Riposte
import Testing

@Suite struct `an sshd log` {
    @Test func `tells of a failed password`() throws {
        let reading = sshd("Failed password for root from 203.0.113.9 port 51022 ssh2")
        let event = try #require(reading.events.first)
        #expect(reading.verdicts == [.event])
        #expect(event.time == Timestamp(rfc3339: "2026-11-21T07:01:02Z"))
        #expect(event.kind == .login && event.outcome == .failure && event.reason == .badCredentials && event.method == .password)
        #expect(event.address == address("203.0.113.9") && event.port == 51022)
        #expect(event.user == "root" && event.count == 1 && event.source == "test" && event.sequence == 0)
    }

    @Test(arguments: [
        "Failed password for invalid user admin from 2001:db8::9 port 51022 ssh2",
        "Failed password for illegal user admin from 2001:db8::9 port 51022 ssh2",
        "Failed keyboard-interactive/pam for invalid user admin from 2001:db8::9 port 51022 ssh2",
        "Failed keyboard-interactive for invalid user admin from 2001:db8::9 port 51022 ssh2 [preauth]",
        "Invalid user admin from 2001:db8::9 port 51022",
        "Invalid user admin from 2001:db8::9 port 51022 [preauth]",
        "Invalid user admin from 2001:db8::9",
        "error: PAM: Authentication failure for illegal user admin from 2001:db8::9",
        "error: PAM: User not known to the underlying authentication module for illegal user admin from 2001:db8::9",
        "error: maximum authentication attempts exceeded for invalid user admin from 2001:db8::9 port 51022 ssh2 [preauth]",
    ])
    func `tells of a user nobody knows`(message: String) throws {
        let reading = sshd(message)
        let event = try #require(reading.events.first)
        #expect(reading.verdicts == [.event])
        #expect(event.outcome == .failure && event.reason == .unknownUser)
        #expect(event.user == "admin" && event.address == address("2001:db8::9"))
        #expect(event.port == (message.contains("port") ? 51022 : 0))
    }

    @Test(arguments: [
        ("Accepted password for alice from 203.0.113.9 port 51022 ssh2", Event.Method.password),
        ("Accepted publickey for alice from 203.0.113.9 port 51022 ssh2: ED25519 SHA256:oDrb1Yt0", .publicKey),
        (
            "Accepted publickey for alice from 203.0.113.9 port 51022 ssh2: ED25519-CERT SHA256:x ID bob from 192.0.2.1 port "
                + "1 ssh2 (serial 0) CA RSA SHA256:y",
            .publicKey
        ),
        ("Accepted keyboard-interactive/pam for alice from 203.0.113.9 port 51022 ssh2", .keyboardInteractive),
        ("Accepted gssapi-with-mic for alice from 203.0.113.9 port 51022 ssh2: alice@EXAMPLE.ORG", .other),
    ])
    func `tells of a success`(message: String, method: Event.Method) throws {
        let event = try #require(sshd(message).events.first)
        #expect(event.outcome == .success && event.reason == .none && event.method == method)
        #expect(event.user == "alice" && event.address == address("203.0.113.9") && event.port == 51022)
    }

    @Test(arguments: ["sshd[4711]", "sshd-session[4711]", "sshd-auth[4711]", "sshd"])
    func `is read whatever sshd calls its process`(tag: String) {
        let line = "Nov 21 07:01:02 web01 \(tag): Failed password for root from 203.0.113.9 port 51022 ssh2"
        #expect(Reading(SSHDParser(source: "test"), [line]).verdicts == [.event])
    }

    @Test(arguments: [
        "Nov 21 07:01:02 web01 CRON[812]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
        "Nov 21 07:01:02 web01 sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id",
        "Nov 21 07:01:02 web01 systemd[1]: Started ssh.service - OpenBSD Secure Shell server.",
        "Nov 21 07:01:02 web01 kernel: [   12.345678] eth0: link up",
        "Nov 21 07:01:02 web01 sshd_proxy[1]: Failed password for root from 203.0.113.9 port 51022 ssh2",
        "Nov 21 07:01:02 web01 sshdog[1]: Failed password for root from 203.0.113.9 port 51022 ssh2",
        "Nov 21 07:01:02 web01 sshd[1]: Server listening on 0.0.0.0 port 22.",
        "Nov 21 07:01:02 web01 sshd[1]: pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
        "Nov 21 07:01:02 web01 sshd[1]: Received disconnect from 203.0.113.9 port 51022:11: Bye Bye [preauth]",
        "Nov 21 07:01:02 web01 sshd[1]: Connection closed by 203.0.113.9 port 51022 [preauth]",
        "Nov 21 07:01:02 web01 sshd[1]: banner exchange: Connection from 203.0.113.9 port 51022: invalid format",
        "Nov 21 07:01:02 web01 -- MARK --",
    ])
    func `holds many lines of no interest`(line: String) {
        #expect(Reading(SSHDParser(source: "test"), [line]).verdicts == [.irrelevant])
    }

    @Test(arguments: [
        "", "x", "Nov 21 07:01:02", "Nov 21 07:01:02 web01", "hello world this is not syslog at all", "{\"time\":\"2026-11-21T07:01:02Z\"}",
    ])
    func `that is none is malformed`(line: String) {
        #expect(Reading(SSHDParser(source: "test"), [line]).verdicts == [.malformed])
    }

    @Test(arguments: ["Foo 21 07:01:02", "Nov 31 07:01:02", "Nov 21 25:01:02", "Nov 21 07:61:02", "Nov xx 07:01:02", "Nov  0 07:01:02"])
    func `with an impossible time says so`(stamp: String) {
        let line = "\(stamp) web01 sshd[1]: Failed password for root from 203.0.113.9 port 51022 ssh2"
        #expect(Reading(SSHDParser(source: "test"), [line]).verdicts == [.badTime])
    }

    @Test(arguments: [
        "Failed password for root from scanner.example.org port 51022 ssh2",
        "Invalid user admin from scanner.example.org port 51022",
        "Failed password for root from 203.0.113.9 from scanner.example.org port 51022 ssh2",
        "error: PAM: Authentication failure for root from scanner.example.org",
    ])
    func `with a name for an address says so`(message: String) {
        #expect(sshd(message).verdicts == [.badAddress])
    }

    @Test func `numbers its events`() {
        let lines = (0..<3).map { "Nov 21 07:01:02 web01 sshd[\($0)]: Failed password for root from 203.0.113.9 port 51022 ssh2" }
        #expect(Reading(SSHDParser(source: "test", firstSequence: 7), lines).events.map(\.sequence) == [7, 8, 9])
    }

    @Test(arguments: [
        ("User bob from 203.0.113.9 not allowed because not listed in AllowUsers", Event.Reason.disabled),
        ("User bob from 203.0.113.9 not allowed because account is locked", .locked),
    ])
    func `says why an account may not sign in, once`(message: String, reason: Event.Reason) {
        let reading = sshd(message, "Failed password for invalid user bob from 203.0.113.9 port 51022 ssh2")
        #expect(reading.verdicts == [.event, .irrelevant])
        #expect(reading.events.first?.reason == reason && reading.events.first?.user == "bob")
    }

    @Test func `gives a locked account's attempts that reason though its line has no address`() {
        let reading = sshd(
            "User bob not allowed because account is locked", "Failed password for invalid user bob from 203.0.113.9 port 51022 ssh2",
            "Failed password for invalid user bob from 203.0.113.9 port 51022 ssh2")
        #expect(reading.verdicts == [.irrelevant, .event, .event])
        #expect(reading.events.map(\.reason) == [.locked, .locked])
    }

    @Test func `tells of a connection that was given up before any attempt`() throws {
        let closings = [
            "Connection closed by authenticating user root 203.0.113.9 port 51022 [preauth]",
            "Connection reset by authenticating user root 203.0.113.9 port 51022 [preauth]",
            "Disconnected from authenticating user root 203.0.113.9 port 51022 [preauth]",
        ]
        for closing in closings {
            let event = try #require(sshd(closing).events.first)
            #expect(event.outcome == .unknown && event.user == "root" && event.address == address("203.0.113.9") && event.port == 51022)
            #expect(sshd("Failed password for root from 203.0.113.9 port 51022 ssh2", closing).verdicts == [.event, .irrelevant])
        }
        #expect(sshd("Connection closed by invalid user root 203.0.113.9 port 51022 [preauth]").verdicts == [.irrelevant])
    }
}
