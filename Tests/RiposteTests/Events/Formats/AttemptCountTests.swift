import Riposte
import Testing

@Suite struct `an attempt to sign in` {
    @Test func `by an unknown user counts once over five lines`() {
        let reading = sshd(
            "Invalid user admin from 203.0.113.9 port 51022", "pam_unix(sshd:auth): check pass; user unknown",
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9 ",
            "Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2",
            "Connection closed by invalid user admin 203.0.113.9 port 51022 [preauth]")
        #expect(reading.verdicts == [.event, .irrelevant, .irrelevant, .irrelevant, .irrelevant])
    }

    @Test func `by a known user counts once with PAM's line before it`() {
        let reading = sshd(
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
            "Failed password for root from 203.0.113.9 port 51022 ssh2",
            "Disconnected from authenticating user root 203.0.113.9 port 51022 [preauth]")
        #expect(reading.failures == 1 && reading.events.first?.user == "root")
    }

    @Test func `is one of several in a connection`() {
        let failed = "Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2"
        let reading = sshd(
            "Invalid user admin from 203.0.113.9 port 51022", failed, failed, failed,
            "error: maximum authentication attempts exceeded for invalid user admin from 203.0.113.9 port 51022 ssh2 [preauth]",
            "Disconnecting invalid user admin 203.0.113.9 port 51022: Too many authentication failures [preauth]",
            "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9 ",
            "PAM service(sshd) ignoring max retries; 3 > 3")
        #expect(reading.failures == 3)
    }

    @Test func `of an unknown user without a password counts, as on a server that takes keys alone`() {
        let reading = sshd(
            "Invalid user admin from 203.0.113.9 port 51022", "Connection closed by invalid user admin 203.0.113.9 port 51022 [preauth]")
        #expect(reading.failures == 1 && reading.events.first?.reason == .unknownUser)
    }

    @Test func `by keyboard counts once though PAM is another process`() {
        let lines = [
            "sshd[100]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
            "sshd[98]: error: PAM: Authentication failure for root from 203.0.113.9",
            "sshd[98]: Failed keyboard-interactive/pam for root from 203.0.113.9 port 51022 ssh2",
            "sshd[101]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
            "sshd[98]: error: PAM: Authentication failure for root from 203.0.113.9",
            "sshd[98]: Failed password for root from 203.0.113.9 port 51022 ssh2",
        ].map { "Nov 21 07:01:02 web01 " + $0 }
        let reading = Reading(SSHDParser(source: "test"), lines)
        #expect(reading.verdicts == [.event, .irrelevant, .irrelevant, .irrelevant, .event, .event])
    }

    @Test func `counts by PAM's lines where sshd says nothing itself`() {
        let pam = "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root"
        let more = "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root"
        let reading = sshd(pam, more)
        #expect(reading.events.map(\.count) == [1, 2])
        #expect(reading.events.allSatisfy { $0.user == "root" && $0.method == .password && $0.address == address("203.0.113.9") })
        #expect(sshd(more).verdicts == [.irrelevant])
    }

    @Test func `counts by PAM's lines again a day after sshd fell silent`() {
        let pam =
            "web01 sshd[9]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root"
        let reading = Reading(
            SSHDParser(source: "test"),
            [
                "Nov 19 07:00:00 web01 sshd[8]: Accepted password for root from 203.0.113.9 port 1 ssh2", "Nov 19 08:00:00 " + pam,
                "Nov 20 07:30:00 " + pam,
            ])
        #expect(reading.verdicts == [.event, .irrelevant, .event])
    }

    @Test func `with keys alone is none`() {
        let key = "Failed publickey for root from 203.0.113.9 port 51022 ssh2: RSA SHA256:oDrb1Yt0"
        let reading = sshd(
            key, key, key, "Failed none for root from 203.0.113.9 port 51022 ssh2",
            "Failed hostbased for root from 203.0.113.9 port 51022 ssh2: RSA SHA256:x, client user \"root\", client host \"h\"",
            "error: maximum authentication attempts exceeded for root from 203.0.113.9 port 51022 ssh2 [preauth]",
            "Disconnecting authenticating user root 203.0.113.9 port 51022: Too many authentication failures [preauth]")
        #expect(reading.events.isEmpty)
    }

    @Test func `after keys counts`() {
        let reading = sshd(
            "Failed publickey for root from 203.0.113.9 port 51022 ssh2: RSA SHA256:x",
            "Failed password for root from 203.0.113.9 port 51022 ssh2")
        #expect(reading.verdicts == [.irrelevant, .event])
    }

    @Test func `that ends with too many attempts counts once where nothing else told of it`() {
        let reading = sshd("error: maximum authentication attempts exceeded for root from 203.0.113.9 port 51022 ssh2 [preauth]")
        #expect(reading.failures == 1 && reading.events.first?.reason == .badCredentials && reading.events.first?.method == .unknown)
    }

    @Test func `of another connection with the same process number is another`() {
        let reading = sshd(
            "Invalid user admin from 203.0.113.9 port 51022", "Failed password for invalid user admin from 203.0.113.9 port 60000 ssh2",
            "Invalid user admin from 203.0.113.9 port 51022", "Failed password for invalid user admin from 198.51.100.7 port 51022 ssh2")
        #expect(reading.failures == 4)
    }

    @Test func `on another host with the same process number is another`() {
        let lines = [
            "Nov 21 07:01:02 web01 sshd[1]: Invalid user admin from 203.0.113.9 port 51022",
            "Nov 21 07:01:02 web02 sshd[1]: Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2",
            "Nov 21 07:01:02 web01 sshd[1]: Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2",
        ]
        #expect(Reading(SSHDParser(source: "test"), lines).verdicts == [.event, .event, .irrelevant])
    }

    @Test func `counts once among a thousand connections at a time`() {
        let processes = Array(20_000..<21_000)
        let named = processes.map { "Nov 21 07:01:02 web01 sshd[\($0)]: Invalid user admin from 203.0.113.9 port \($0)" }
        let failed = processes.map {
            "Nov 21 07:01:04 web01 sshd[\($0)]: Failed password for invalid user admin from 203.0.113.9 port \($0) ssh2"
        }
        #expect(Reading(SSHDParser(source: "test"), named + failed).failures == 1000)
    }

    @Test func `that syslog repeats counts as often as it says`() {
        let reading = sshd(
            "Failed password for root from 203.0.113.9 port 51022 ssh2",
            "message repeated 5 times: [ Failed password for root from 203.0.113.9 port 51022 ssh2]")
        #expect(reading.events.map(\.count) == [1, 5])
        #expect(reading.events.allSatisfy { $0.port == 51022 && $0.user == "root" })
    }

    @Test func `that syslog repeats after an invalid user's name counts the first once`() {
        let reading = sshd(
            "Invalid user admin from 203.0.113.9 port 51022",
            "message repeated 3 times: [ Failed password for invalid user admin from 203.0.113.9 port 51022 ssh2]")
        #expect(reading.failures == 3)
    }

    @Test func `that an older syslog repeats counts as often as it says`() {
        let lines = [
            "Nov 21 07:01:02 web01 sshd[1]: Failed password for root from 203.0.113.9 port 51022 ssh2",
            "Nov 21 07:01:12 web01 last message repeated 2 times", "Nov 21 07:01:22 web01 last message repeated 3 times",
            "Nov 21 07:01:23 web01 CRON[1]: session opened", "Nov 21 07:01:32 web01 last message repeated 9 times",
        ]
        let reading = Reading(SSHDParser(source: "test"), lines)
        #expect(reading.verdicts == [.event, .event, .event, .irrelevant, .irrelevant])
        #expect(reading.events.map(\.count) == [1, 2, 3])
        #expect(reading.events.last?.time == Timestamp(rfc3339: "2026-11-21T07:01:22Z"))
    }
}
