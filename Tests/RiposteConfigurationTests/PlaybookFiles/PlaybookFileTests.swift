import Riposte
import RiposteConfiguration
import Testing

/// What a text holds, its file called `file`.
private func read(_ yaml: String, file: String = "p.yaml") -> (playbooks: [LocatedPlaybook], findings: [String]) {
    let (playbooks, findings) = PlaybookFile.read(Array(yaml.utf8), file: file)
    return (playbooks, findings.map(\.description))
}

/// The specification's configuration, its arrays written as YAML.
private let specification = """
    incident_response:
      enabled: true
      playbooks:
        brute_force_response:
          trigger: {detector: brute_force, severity: high}
          actions:
            - {action: block_ip, duration_minutes: 60}
            - {action: notify_admin, channel: slack}
            - {action: lock_account, duration_minutes: 30}
        credential_stuffing_response:
          trigger: {detector: credential_stuffing}
          actions:
            - {action: block_ip, duration_minutes: 240}
            - {action: enable_enhanced_logging}

    """

private let bruteForceResponse = Playbook(
    "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
    steps: [
        Step(.blockIP, parameters: ["duration_minutes": 60]), Step(.notifyAdmin, parameters: ["channel": "slack"]),
        Step(.lockAccount, parameters: ["duration_minutes": 30]),
    ])

private let credentialStuffingResponse = Playbook(
    "credential_stuffing_response", triggers: [Trigger(detector: "credential_stuffing")],
    steps: [Step(.blockIP, parameters: ["duration_minutes": 240]), Step("enable_enhanced_logging")])

@Suite struct `a playbook file` {
    @Test func `holds the specification's playbooks as they stand`() {
        let (playbooks, findings) = read(specification)
        #expect(findings == [])
        #expect(playbooks.map(\.playbook) == [bruteForceResponse, credentialStuffingResponse])
        #expect(playbooks.map(\.location?.description) == ["p.yaml:4:5", "p.yaml:10:5"])
        #expect(playbooks[0].steps.map(\.location?.description) == ["p.yaml:7:20", "p.yaml:8:20", "p.yaml:9:20"])
    }

    @Test func `holds the specification's playbook of the database, its slug made from its name`() {
        let (playbooks, _) = read("name: Critical anomaly auto-block\ntrigger: {severity: critical}\nactions: [block_ip]\nenabled: true\n")
        #expect(
            playbooks.map(\.playbook) == [
                Playbook(
                    "critical-anomaly-auto-block", name: "Critical anomaly auto-block", triggers: [Trigger(severity: .atLeast(.critical))],
                    steps: [Step(.blockIP)])
            ])
    }

    @Test func `may hold a map of playbooks, a stream of them, or JSON`() {
        let map = read("playbooks:\n  a: {actions: [x]}\n  b: {actions: [x]}\n")
        #expect(map.playbooks.map(\.playbook.slug) == ["a", "b"])
        let stream = read("slug: a\nactions: [x]\n---\nslug: b\nactions: [x]\n---\nplaybooks: {c: {actions: [x]}}\n---\n")
        #expect(stream.playbooks.map(\.playbook.slug) == ["a", "b", "c"])
        let json = read(#"{"playbooks": {"a": {"trigger": {"severity": ["low"]}, "actions": [{"action": "x", "n": 1}]}}}"#, file: "p.json")
        #expect(
            json.playbooks.map(\.playbook) == [
                Playbook("a", triggers: [Trigger(severity: .exactly([.low]))], steps: [Step("x", parameters: ["n": 1])])
            ])
        #expect(map.findings + stream.findings + json.findings == [])
    }

    @Test func `lends its name to a single playbook that has none`() {
        #expect(read("actions: [x]", file: "/etc/riposte/playbooks/night_watch.yaml").playbooks.map(\.playbook.slug) == ["night_watch"])
        #expect(read("name: Day\nactions: [x]", file: "night_watch.yaml").playbooks.map(\.playbook.slug) == ["day"])
        #expect(read("actions: [x]\n---\nslug: b\nactions: [x]").findings == ["p.yaml:1:1: error: a playbook needs a name or a slug"])
    }

    @Test func `keeps its playbooks from starting where it is switched off`() {
        let off = specification.replacing("enabled: true", with: "enabled: false")
        #expect(read(off).playbooks.map(\.playbook.isEnabled) == [false, false])
    }

    @Test func `takes “off” for the mode that it is`() {
        #expect(read("mode: off\nactions: [x]").playbooks.map(\.playbook.mode) == [.off])
    }

    @Test func `may share a part by an alias`() {
        let yaml = "playbooks:\n  a: {actions: &steps [{action: block_ip, duration_minutes: 5}]}\n  b: {actions: *steps}\n"
        let (playbooks, findings) = read(yaml)
        #expect(findings == [])
        #expect(playbooks.map(\.playbook.steps).allSatisfy { $0 == [Step(.blockIP, parameters: ["duration_minutes": 5])] })
    }

    @Test(arguments: [
        ("", "p.yaml:1:1: error: the file holds no playbook"),
        ("# nothing\n---\n", "p.yaml:1:1: error: the file holds no playbook"),
        ("- a\n", "p.yaml:1:1: error: a playbook must be a map; got a list"),
        ("text", "p.yaml:1:1: error: a playbook must be a map; got “text”"),
        ("{}", "p.yaml:1:1: error: playbook “p” has no actions; add “actions:” with at least one step"),
        ("playbooks:", "p.yaml:1:11: error: “playbooks” must be a map from slug to playbook; got nothing"),
        ("playbooks: {}", "p.yaml:1:12: error: “playbooks” is empty"),
        ("playbooks:\n  a:\n", "p.yaml:2:5: error: a playbook must be a map; got nothing"),
        (
            "incident_response: {enabled: true}",
            "p.yaml:1:20: error: “incident_response” holds no playbooks; add “playbooks:” with at least one"
        ),
        (
            "incident_response: {enable: true, playbooks: {a: {actions: [x]}}}",
            "p.yaml:1:21: error: unknown key “enable” in “incident_response”; did you mean “enabled”?"
        ),
        ("playbooks: {a: {actions: [x]}}\nstore: x", "p.yaml:2:1: error: unknown key “store” in this file; there is: enabled, playbooks"),
        ("playbooks: {a: {slug: b, actions: [x]}}", "p.yaml:1:23: error: the slug says “b”, and the key above it “a”; leave the slug out"),
        (
            "a:\n  trigger: {}\n  actions: [x]\nb: {actions: [x]}\n",
            "p.yaml:1:1: error: “a” is the slug of a playbook, and stands by itself; write “playbooks:” above it, and it indented below that"
        ),
        ("slug: a\nslug: b\nactions: [x]", "p.yaml:2:1: error: “slug” is there twice"),
        ("actions:\n  - action: x\n    n: 1\n    n: 2\n", "p.yaml:4:5: error: “n” is there twice"),
        ("actions: [x]\nmode: offf\n", "p.yaml:2:7: error: “mode” cannot be “offf”; did you mean “off”?"),
    ])
    func `is refused with the place and a sentence`(yaml: String, finding: String) {
        #expect(read(yaml).findings == [finding])
    }
}
