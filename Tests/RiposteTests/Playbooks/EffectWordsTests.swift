import RiposteTesting
import Testing

@testable import Riposte

/// `escalate` and `verify`, as they are written.
@Suite struct `the words of a step about its effects` {
    private func read(_ step: JSONValue) -> (playbook: Playbook?, findings: [String]) {
        let (located, findings) = PlaybookReader.readLocated(LocatedValue(["slug": "p", "actions": [step]]), defaultSlug: nil)
        return (located?.playbook, findings.map(\.description))
    }

    private func lint(_ step: JSONValue) throws -> [String] {
        let located = PlaybookReader.readLocated(LocatedValue(["slug": "p", "actions": [step]]), defaultSlug: nil).playbook
        let actions = try Bench().responder.actions
        return PlaybookLinter(actions: actions, detectors: DetectorName.shipped).findings(for: [try #require(located)]).map(\.description)
    }

    @Test func `are read, and written back as they were`() throws {
        let playbook = try #require(
            read(["action": "block_ip", "escalate": ["60m", "4h", "24h"], "verify": ["after": "5s"]]).playbook)
        #expect(playbook.steps[0].escalation == Escalation([.minutes(60), .hours(4), .hours(24)]))
        #expect(playbook.steps[0].verify == .seconds(5))
        #expect(PlaybookReader.read(LocatedValue(playbook.definition), defaultSlug: nil).playbook == playbook)
        #expect(read(["action": "block_ip", "verify": true]).playbook?.steps[0].verify == .zero)
        #expect(read(["action": "block_ip", "verify": false]).playbook?.steps[0].verify == nil)
        #expect(read(["action": "block_ip", "verify": [:]]).playbook?.steps[0].verify == .zero)
    }

    @Test(
        arguments: [
            (["action": "block_ip", "escalate": "60m"], "error: “escalate” must be a list of durations; got “60m”; write [60m, 4h, 24h]"),
            (["action": "block_ip", "escalate": []], "error: “escalate” must be a list of durations; got a list; write [60m, 4h, 24h]"),
            (
                ["action": "block_ip", "escalate": ["60m", 4]],
                "error: “escalate” must be a duration such as 30s, 5m or 1h; got 4; write 4s for seconds or 4m for minutes"
            ),
            (["action": "block_ip", "escalate": ["4h", "60m"]], "error: “escalate” must not get shorter; got 1h after 4h"),
            (["action": "block_ip", "verify": "yes"], "error: “verify” must be true or false; got “yes”"),
            (["action": "block_ip", "verify": ["afer": "5s"]], "error: unknown key “afer” in “verify”; did you mean “after”?"),
            (["action": "block_ip", "verify": ["after": "2m"]], "error: “after” can be at most 1m; got 2m"),
        ] as [(JSONValue, String)])
    func `with a slip in them are refused with one clear sentence`(step: JSONValue, finding: String) {
        #expect(read(step).findings == [finding])
        #expect(read(step).playbook == nil)
    }

    @Test(
        arguments: [
            (
                ["action": "block_ip", "escalate": ["60m"], "duration": "5m"],
                "error: block_ip: “duration” and “escalate” both say how long it lasts; remove “duration”; the first entry of “escalate” is the first answer's duration"
            ),
            (
                ["action": "block_ip", "escalate": ["60m"], "permanent": true],
                "error: block_ip: “permanent” and “escalate” both say how long it lasts; remove “permanent”; the first entry of “escalate” is the first answer's duration"
            ),
            (
                ["action": "log_event", "escalate": ["60m"]],
                "error: log_event: “escalate” needs an action that lasts for a while on a target; there is: block_ip, block_user, lock_account, rate_limit_ip"
            ),
            (
                ["action": "notify_admin", "channel": "slack", "verify": true],
                "error: notify_admin: “verify” needs an action that can be asked whether it is in force; there is: block_ip, block_user, enable_enhanced_logging, force_password_reset, lock_account, rate_limit_ip, require_2fa, require_two_factor, revoke_sessions, terminate_session"
            ),
        ] as [(JSONValue, String)])
    func `that the action cannot keep are refused, with what to write instead`(step: JSONValue, finding: String) throws {
        #expect(try lint(step) == [finding])
    }
}
