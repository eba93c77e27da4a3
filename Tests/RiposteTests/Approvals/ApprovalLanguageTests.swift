import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `how a playbook asks` {
    private func read(_ members: [String: JSONValue], _ step: [String: JSONValue]) -> (Playbook?, [String]) {
        let json = JSONValue.object(
            ["slug": "p", "actions": [.object(["action": "block_ip"].merging(step) { _, last in last })]].merging(members) { _, last in last
            })
        let (playbook, findings) = PlaybookReader.read(LocatedValue(json), defaultSlug: nil)
        return (playbook, findings.map(\.description))
    }

    @Test func `is said for the playbook and for a step, in either way`() {
        let (playbook, findings) = read(
            ["mode": "approve", "approvals": ["approvers": "security", "timeout": "2h", "channels": ["slack"], "on_timeout": "deny"]],
            ["approve": true, "approvers": ["ann", "bob"], "quorum": 2, "four_eyes": true, "on_timeout": "deny", "duration_minutes": 5])
        #expect(findings == [])
        #expect(playbook?.mode == .approve)
        #expect(playbook?.approvals == ApprovalPolicy(approvers: ["security"], timeout: .hours(2), channels: ["slack"]))
        #expect(playbook?.steps[0].approval == ApprovalPolicy(approvers: ["ann", "bob"], quorum: 2, hasFourEyes: true))
        #expect(playbook?.steps[0].parameters == ["duration_minutes": 5])
        #expect(read([:], ["approve": ["timeout": "5m"]]).0?.steps[0].approval == ApprovalPolicy(timeout: .minutes(5)))
        #expect(read([:], ["approve": false]).0?.steps[0].approval == nil)
        #expect(read([:], [:]).0?.steps[0].approval == nil)
    }

    @Test(
        arguments: [
            (["approve": "yes"], "error: “approve” must be true, false or a map such as {timeout: 2h}; got “yes”"),
            (["quorum": 2], "error: “quorum” says how people are asked, and this step asks nobody; add “approve: true”"),
            (
                ["approve": false, "approvers": ["ann"]],
                "error: “approvers” says how people are asked, and this step asks nobody; add “approve: true”"
            ),
            (["approve": true, "quorum": 0], "error: “quorum” must be a whole number from 1 to 100; got 0"),
        ] as [([String: JSONValue], String)])
    func `is refused with one clear sentence`(step: [String: JSONValue], finding: String) {
        let (playbook, findings) = read([:], step)
        #expect(findings == [finding])
        #expect(playbook == nil)
    }

    @Test func `is checked against who may answer and where they can be asked`() throws {
        let bench = try Bench(configuration: .init(approvals: ApprovalSettings(roles: ["security": ["ann", "bob"]])))
        func lint(_ policy: ApprovalPolicy) -> [String] {
            bench.responder.linter.findings(for: [
                LocatedPlaybook(playbook: Playbook("p", mode: .approve, approvals: policy, steps: [Step(.blockIP)]))
            ]).map(\.description)
        }
        #expect(lint(ApprovalPolicy(approvers: ["security"], quorum: 2, channels: ["slack"])) == [])
        #expect(
            lint(ApprovalPolicy(approvers: ["security"], quorum: 3))
                == ["error: “quorum” is 3, and there are only 2 who may answer: ann, bob"])
        #expect(
            lint(ApprovalPolicy(channels: ["slcak"]))
                == ["error: approvals: the channel “slcak” is not configured, so nobody is asked there; did you mean “slack”?"])
    }

    @Test func `is the step's, then the playbook's, then the settings'`() {
        let step = ApprovalPolicy(quorum: 2)
        let playbook = ApprovalPolicy(quorum: 3, timeout: .minutes(5))
        let settings = ApprovalPolicy(approvers: ["ann"], timeout: .hours(9))
        #expect(
            step.over(playbook).over(settings).over(.standard)
                == ApprovalPolicy(approvers: ["ann"], quorum: 2, hasFourEyes: false, timeout: .minutes(5), channels: []))
    }
}
