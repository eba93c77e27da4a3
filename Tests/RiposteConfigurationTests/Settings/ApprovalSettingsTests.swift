import Riposte
import RiposteConfiguration
import Testing

private func read(_ yaml: String) -> (settings: Settings?, findings: [String]) {
    let (settings, findings) = SettingsReader().read(Array(yaml.utf8), file: "f")
    return (settings, findings.map { $0.description.replacing("f:", with: "") })
}

@Suite struct `the settings of approvals` {
    @Test func `say who may answer, how many, how long, and where they are asked`() {
        let (settings, findings) = read(
            """
            mode: approve
            roles: {security: [ann, bob], owner: carol}
            channels: {people: {type: log, path: people.log}}
            approvals: {approvers: [security, dave], quorum: 2, four_eyes: true, timeout: 30m, on_timeout: deny, channels: [people]}
            """)
        #expect(findings == [])
        #expect(settings?.mode == .approve)
        #expect(settings?.approvals.roles == ["security": ["ann", "bob"], "owner": ["carol"]])
        #expect(
            settings?.approvals.policy
                == ApprovalPolicy(
                    approvers: ["security", "dave"], quorum: 2, hasFourEyes: true, timeout: .minutes(30), channels: ["people"]))
        #expect(read("store: x.db").settings?.approvals == ApprovalSettings())
        #expect(read("store: x.db").settings?.mode == .enforce)
    }

    @Test(arguments: [
        ("mode: aprove", "1:7: error: “mode” cannot be “aprove”; did you mean “approve”?"),
        (
            "approvals: {on_timeout: allow}",
            "1:25: error: “on_timeout” can only be deny, which is what happens anyway; got “allow”; nobody's silence lets an action through: leave “approve” out where nobody has to be asked"
        ),
        ("approvals: {channels: [lgo]}", "1:12: error: there is no channel “lgo”; did you mean “log”?"),
        ("approvals: {approvers: [ann], quorum: 2}", "1:12: error: “quorum” is 2, and there are only 1 who may answer: ann"),
        (
            "roles: {security: [ann, bob]}\napprovals: {approvers: [security, ann], quorum: 3}",
            "2:12: error: “quorum” is 3, and there are only 2 who may answer: ann, bob"
        ),
        ("roles: {security: []}", "1:19: error: “security” is an empty list; leave it out, or list something"),
    ])
    func `say what is wrong`(yaml: String, finding: String) {
        let (settings, findings) = read(yaml)
        #expect(findings == [finding])
        #expect(settings == nil)
    }
}
