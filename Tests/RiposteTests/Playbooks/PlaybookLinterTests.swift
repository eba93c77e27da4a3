import Riposte
import Testing

private struct Block: ResponseAction {
    struct Parameters: ActionParameters {
        static let duration = Parameter.minutes("duration_minutes", default: .hours(1), "How long.")
        static let address = Parameter.addressRange("ip", "Whom.")
        static let schema = [duration.description, address.description]
        let duration: Duration
        init(_ values: ParameterValues) throws { duration = try values[Self.duration] }
    }

    let name: ActionName = .blockIP

    func check(_ parameters: Parameters) -> [ParameterFinding] {
        parameters.duration > .hours(24) ? [ParameterFinding("duration_minutes", .warning, "more than a day")] : []
    }

    func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult { .success("") }
}

private func lint(_ playbooks: Playbook...) throws -> [String] {
    let linter = PlaybookLinter(
        actions: try ActionRegistry([Block(), ClosureAction(.logEvent) { _ in .success("") }]),
        detectors: [.bruteForceByAddress, .bruteForceByUser, .credentialStuffing])
    return linter.findings(for: playbooks.map { LocatedPlaybook(playbook: $0) }).map(\.description)
}

@Suite struct `the playbook linter` {
    @Test func `has nothing to say about what is right`() throws {
        let playbook = Playbook(
            "p", triggers: [Trigger(detectors: ["brute_force", "brute_force.ip", "credential_stuffing"])],
            steps: [Step(.blockIP, parameters: ["duration_minutes": 60, "ip": "203.0.113.0/24"]), Step(.logEvent)])
        #expect(try lint(playbook) == [])
    }

    @Test(
        arguments: [
            (Step("blok_ip"), ["error: unknown action “blok_ip”; did you mean “block_ip”?"]),
            (Step("dance"), ["error: unknown action “dance”; there is: block_ip, log_event"]),
            (
                Step(.blockIP, parameters: ["duration_minute": 60]),
                ["error: block_ip: unknown parameter “duration_minute”; did you mean “duration_minutes”?"]
            ),
            (Step(.blockIP, parameters: ["on_eror": "abort"]), ["error: block_ip: unknown parameter “on_eror”; did you mean “on_error”?"]),
            (
                Step(.blockIP, parameters: ["duration_minutes": "60"]),
                ["error: block_ip: “duration_minutes” must be a number of minutes above 0 and at most 5256000, ten years; got “60”"]
            ),
            (
                Step(.blockIP, parameters: ["ip": "300.1.1.1", "x": 1]),
                [
                    "error: block_ip: unknown parameter “x”; there is: action, approve, approvers, duration_minutes, escalate, four_eyes, id, ip, on_error, on_timeout, quorum, retry, timeout, verify, with",
                    "error: block_ip: “ip” must be an address (203.0.113.9) or network (203.0.113.0/24); got “300.1.1.1”",
                ]
            ),
            (Step(.blockIP, parameters: ["duration_minutes": 3000]), ["warning: block_ip: more than a day"]),
        ] as [(Step, [String])])
    func `finds what is wrong with a step`(step: Step, findings: [String]) throws {
        #expect(try lint(Playbook("p", steps: [step])) == findings)
    }

    @Test func `finds detectors that there are not, and slugs that there are twice`() throws {
        let playbook = Playbook("p", triggers: [Trigger(detector: "brute_froce")], steps: [Step(.logEvent)])
        let unknown = "error: unknown detector “brute_froce”; did you mean “brute_force”?"
        #expect(try lint(playbook, playbook) == ["error: two playbooks have the slug “p”", unknown, unknown])
    }

    @Test func `refuses a playbook made in code that could not be read back after a restart`() throws {
        let unreadable = Playbook(
            "a b", triggers: [Trigger(severity: .exactly([]))], deadline: .zero, steps: [Step(.logEvent, timeout: .seconds(-1))])
        #expect(
            try Set(lint(unreadable)) == [
                "error: playbook “a b”: a slug holds letters, digits, “_”, “-” and “.”, at most 100 bytes; got “a b”",
                "error: playbook “a b”: “deadline” must be more than nothing; got “0s”",
                "error: playbook “a b”: an empty list of severities is never met",
                "error: playbook “a b”: “timeout” must be more than nothing; got “0s”",
            ])
        #expect(try lint(Playbook("p", steps: [])) == ["error: playbook “p”: a playbook needs at least one step"])
    }
}

@Suite struct `a suggestion` {
    @Test(arguments: [
        ("blok_ip", "block_ip"), ("lcok_account", "lock_account"), ("BLOCK_IP", "block_ip"), ("notify_admins", "notify_admin"),
    ])
    func `names the nearest`(wrong: String, right: String) {
        #expect(Suggestion.forName(wrong, among: ["block_ip", "lock_account", "notify_admin"]) == "did you mean “\(right)”?")
    }

    @Test func `lists what there is where nothing is near, if that is short`() {
        #expect(Suggestion.forName("x", among: ["bbbb", "aaaa"]) == "there is: aaaa, bbbb")
        #expect(Suggestion.forName("x", among: []) == nil)
        #expect(Suggestion.forName("zzzzz", among: (0..<40).map { "name\($0)" }) == nil)
        #expect(Suggestion.forName(String(repeating: "x", count: 5000), among: ["a"]) == "there is: a")
    }
}
