import Riposte
import Testing

/// A playbook with one step and `members` beside it.
private func read(_ members: [String: JSONValue], actions: JSONValue = ["block_ip"]) -> (Playbook?, [String]) {
    let json = JSONValue.object(["slug": "p", "actions": actions].merging(members) { _, last in last })
    let (playbook, findings) = PlaybookReader.read(LocatedValue(json), defaultSlug: nil)
    return (playbook, findings.map(\.description))
}

@Suite struct `a playbook as it is written` {
    @Test func `has the defaults where nothing is said`() throws {
        let playbook = try #require(read([:]).0)
        #expect(playbook == Playbook("p", steps: [Step(.blockIP)]))
        #expect(playbook.name == "p")
        #expect(playbook.isEnabled && playbook.mode == .enforce && playbook.onError == .continue)
        #expect(playbook.steps[0].retry == .standard && playbook.steps[0].timeout == .seconds(30))
    }

    @Test func `says everything it can say`() throws {
        let (playbook, findings) = read(
            [
                "name": "Name", "description": "Why.", "enabled": false, "mode": "shadow", "priority": -5, "on_error": "abort",
                "deadline": "2h",
                "cooldown": "0s", "tags": ["a", "b"],
                "trigger": [["detector": ["brute_force", "password_spraying"], "severity": ["low", "high"]], ["severity": "critical"]],
            ],
            actions: [
                [
                    "id": "one", "action": "block_ip", "duration_minutes": 60, "on_error": "continue", "timeout": "5s",
                    "retry": [
                        "attempts": 5, "delay": "2s", "backoff": "constant", "max_delay": "1m", "jitter": false,
                        "on": ["transient", "timeout"],
                    ],
                    "with": ["id": "x", "when": "now"],
                ]
            ])
        #expect(findings == [])
        let retry = RetryPolicy(
            attempts: 5, delay: .seconds(2), isExponential: false, maximumDelay: .minutes(1), hasJitter: false, retriesTimeouts: true)
        let step = Step(
            .blockIP, id: "one", parameters: ["duration_minutes": 60, "id": "x", "when": "now"], onError: .continue, retry: retry,
            timeout: .seconds(5))
        #expect(
            playbook
                == Playbook(
                    "p", name: "Name", summary: "Why.", isEnabled: false, mode: .shadow, priority: -5,
                    triggers: [
                        Trigger(detectors: ["brute_force", "password_spraying"], severity: .exactly([.low, .high])),
                        Trigger(severity: .atLeast(.critical)),
                    ], onError: .abort, deadline: .hours(2), cooldown: .zero, tags: ["a", "b"], steps: [step]))
    }

    @Test(arguments: [
        ("Critical anomaly auto-block", "critical-anomaly-auto-block"), ("  Sperre für 1 Stunde! ", "sperre-für-1-stunde"), ("a_b", "a_b"),
    ])
    func `has its slug from its name where none is written`(name: String, slug: String) {
        let json: JSONValue = ["name": .string(name), "actions": ["block_ip"]]
        #expect(PlaybookReader.read(LocatedValue(json), defaultSlug: nil).playbook?.slug.rawValue == slug)
    }

    @Test func `never starts by itself without a trigger, and always with an empty one`() throws {
        let anomaly = Anomaly(
            id: "a", detector: "any", severity: .info, targets: TargetSet(), first: Timestamp(seconds: 0), last: Timestamp(seconds: 0),
            count: 1, summary: "")
        #expect(try !#require(read([:]).0).matches(anomaly))
        #expect(try !#require(read(["trigger": []]).0).matches(anomaly))
        #expect(try #require(read(["trigger": [:]]).0).matches(anomaly))
    }

    @Test(
        arguments: [
            (
                ["approvals": ["on_timeout": "grant"]],
                "error: “on_timeout” can only be deny, which is what happens anyway; got “grant”; nobody's silence lets an action through: leave “approve” out where nobody has to be asked"
            ),
            (["approvals": ["quorum": 0]], "error: “quorum” must be a whole number from 1 to 100; got 0"),
            (["approvals": ["aprovers": "ann"]], "error: unknown key “aprovers” in “approvals”; did you mean “approvers”?"),
            (["mode": "of"], "error: “mode” cannot be “of”; did you mean “off”?"),
            (["mode": false], "error: “mode” must be text; got false; put it into quotes if it is meant as text"),
            (["enabled": "yes"], "error: “enabled” must be true or false; got “yes”"),
            (["priority": 1001], "error: “priority” must be a whole number from -1000 to 1000; got 1001"),
            (["priority": 1.5], "error: “priority” must be a whole number from -1000 to 1000; got 1.5"),
            (["deadline": 5], "error: “deadline” must be a duration such as 30s, 5m or 1h; got 5; write 5s for seconds or 5m for minutes"),
            (["deadline": "0s"], "error: “deadline” must be more than nothing; got “0s”"),
            (["cooldown": "soon"], "error: “cooldown” must be a duration such as 30s, 5m or 1h; got “soon”"),
            (["on_error": "stop"], "error: “on_error” cannot be “stop”; there is: abort, continue"),
            (["tags": [1]], "error: “tags” must be text; got 1; put it into quotes if it is meant as text"),
            (["slug": "a b"], "error: a slug holds letters, digits, “_”, “-” and “.”, at most 100 bytes; got “a b”"),
            (["slug": ""], "error: “slug” must be text; got nothing"),
            (
                ["trigger": nil],
                "error: “trigger” must be a map; got nothing; write {} for any anomaly, or leave it out to start it by hand only"
            ),
            (["trigger": "brute_force"], "error: “trigger” must be a map; got “brute_force”; write {detector: brute_force}"),
            (["trigger": ["detector": []]], "error: “detector” is an empty list; leave it out, or list something"),
            (["trigger": ["severity": []]], "error: an empty list of severities is never met"),
            (["trigger": ["severity": "hihg"]], "error: unknown severity “hihg”; did you mean “high”?"),
            (["trigger": ["detectr": "x"]], "error: unknown key “detectr” in a trigger; did you mean “detector”?"),
            (["trigger": ["rule": "x"]], "error: “rule” is a word of the playbook language that this version does not carry out yet"),
            (["limits": 1], "error: “limits” is a word of the playbook language that this version does not carry out yet"),
            (["actoins": []], "error: unknown key “actoins” in a playbook; did you mean “actions”?"),
            (["actions": []], "error: a playbook needs at least one step"),
            (["actions": nil], "error: “actions” must be a list of steps; got nothing"),
            (["actions": [["acton": "block_ip"]]], "error: a step needs an “action”; did you mean “action” where “acton” stands?"),
            (
                ["actions": [["when": "x", "action": "a"]]],
                "error: “when” is a word of the playbook language that this version does not carry out yet"
            ),
            (["actions": [3]], "error: a step must be a map with an “action”; got 3"),
            (["actions": [["action": "a", "with": 3]]], "error: “with” must be a map; got 3"),
            (["actions": [["action": "a", "x": 1, "with": ["x": 2]]]], "error: “x” is there twice"),
            (["actions": [["action": "a", "timeout": "0s"]]], "error: “timeout” must be more than nothing; got “0s”"),
            (["actions": [["action": "a", "retry": 3]]], "error: “retry” must be a map; got 3"),
            (["actions": [["action": "a", "retry": ["attempts": 0]]]], "error: “attempts” must be a whole number from 1 to 100; got 0"),
            (["actions": [["action": "a", "retry": ["on": "never"]]]], "error: “on” knows transient and timeout; got “never”"),
            (
                ["actions": [["action": "a", "retry": ["times": 1]]]],
                "error: unknown key “times” in “retry”; there is: attempts, backoff, delay, jitter, max_delay, on"
            ),
            (["actions": [["action": "a", "id": "x"], ["action": "b", "id": "x"]]], "error: two steps have the id “x”"),
        ] as [([String: JSONValue], String)])
    func `is refused with one clear sentence`(members: [String: JSONValue], finding: String) {
        let (playbook, findings) = read(members)
        #expect(findings == [finding])
        #expect(playbook == nil)
    }

    @Test func `that is no map or has no name is refused`() {
        #expect(
            PlaybookReader.read(LocatedValue(.string("x")), defaultSlug: nil).findings.map(\.description) == [
                "error: a playbook must be a map; got “x”"
            ])
        let nameless = PlaybookReader.read(LocatedValue(["actions": ["block_ip"]]), defaultSlug: nil)
        #expect(nameless.findings.map(\.description) == ["error: a playbook needs a name or a slug"])
        let signs = PlaybookReader.read(LocatedValue(["name": "!!", "actions": ["block_ip"]]), defaultSlug: nil)
        #expect(signs.findings.map(\.description) == ["error: a playbook needs a name or a slug"])
    }

    @Test func `numbers steps with the same action, around the ids that are written`() throws {
        let actions: JSONValue = ["block_ip", ["action": "x", "id": "block_ip-2"], "block_ip", ["action": "log_event"], "block_ip"]
        let playbook = try #require(read([:], actions: actions).0)
        #expect(playbook.steps.map(\.id) == ["block_ip", "block_ip-2", "block_ip-3", "log_event", "block_ip-4"])
    }

    @Test func `does not show control characters or a whole document in a message`() {
        let (_, findings) = read(["deadline": .string("\u{1B}[2J" + String(repeating: "x", count: 500))])
        #expect(findings.allSatisfy { !$0.contains("\u{1B}") && $0.count < 140 })
    }
}
