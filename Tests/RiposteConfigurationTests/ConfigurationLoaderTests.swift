import Foundation
import Riposte
import RiposteConfiguration
import Testing

/// A folder of files for one test, gone with it.
private struct Folder: ~Copyable {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "riposte-\(UUID().uuidString)").path
        for (name, text) in files { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The findings of loading `riposte.yaml`, without the folder's path.
    func findings(linter: ((Settings) -> PlaybookLinter)? = nil) -> [String] {
        let findings: [Finding]
        do { findings = try load(linter: linter).findings } catch { findings = error.findings }
        return findings.map { $0.description.replacing("\(path)/", with: "") }
    }

    func load(linter: ((Settings) -> PlaybookLinter)? = nil) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader().load(file: "\(path)/riposte.yaml", linter: linter)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func playbook(_ slug: String) -> String { "slug: \(slug)\ntrigger: {}\nactions: [block_ip]\n" }

private struct Block: ResponseAction {
    struct Parameters: ActionParameters {
        static let duration = Parameter.minutes("duration_minutes", default: .hours(1), "How long.")
        static let schema = [duration.description]
        init(_ values: ParameterValues) throws {}
    }
    let name: ActionName = .blockIP
    func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult { .success("") }
}

@Suite struct `a configuration` {
    @Test func `of one line runs the shipped playbooks in shadow mode, and says so`() throws {
        let folder = try Folder(["riposte.yaml": "store: riposte.db\n"])
        let loaded = try folder.load()
        #expect(loaded.settings.store == "\(folder.path)/riposte.db")
        #expect(loaded.playbooks.map(\.playbook.slug) == ShippedPlaybooks.slugs)
        #expect(loaded.playbooks.allSatisfy { $0.playbook.mode == .shadow })
        #expect(
            folder.findings() == [
                "riposte.yaml:1:1: warning: there are no playbooks: the shipped ones run in shadow mode, so nothing is done; "
                    + "write “shipped_playbooks: all” to let them act, or “none” to leave them out"
            ])
    }

    @Test(
        arguments: [
            ("none", []), ("[]", []), ("brute_force_response", ["brute_force_response"]),
            ("[account_takeover_response, brute_force_response]", ["account_takeover_response", "brute_force_response"]),
            ("all", ShippedPlaybooks.slugs),
        ] as [(String, [PlaybookSlug])])
    func `runs the shipped playbooks it names as they are written`(named: String, slugs: [PlaybookSlug]) throws {
        let loaded = try Folder(["riposte.yaml": "shipped_playbooks: \(named)\n"]).load()
        #expect(loaded.playbooks.map(\.playbook.slug) == slugs)
        #expect(loaded.playbooks.allSatisfy { $0.playbook.mode == .enforce })
        #expect(loaded.findings.isEmpty)
    }

    @Test func `with playbooks of its own runs these alone, in the order of the files' names`() throws {
        let folder = try Folder([
            "riposte.yaml": "incident_response: {playbooks: {inline: {actions: [block_ip]}}}\n", "playbooks/20.yaml": playbook("b"),
            "playbooks/10.yml": playbook("a"), "playbooks/30.json": #"{"slug": "c", "actions": ["block_ip"]}"#, "playbooks/notes.txt": ":",
            "playbooks/.hidden.yaml": ":", "playbooks/folder.yaml/x.yaml": ":",
        ])
        #expect(try folder.load().playbooks.map(\.playbook.slug) == ["inline", "a", "b", "c"])
        #expect(folder.findings() == [])
    }

    @Test func `may name files and folders of playbooks, and then the usual folder is not read`() throws {
        let folder = try Folder([
            "riposte.yaml": "playbooks: [more, one.yaml]\n", "playbooks/a.yaml": playbook("a"), "more/b.yaml": playbook("b"),
            "one.yaml": playbook("one"),
        ])
        #expect(try folder.load().playbooks.map(\.playbook.slug) == ["b", "one"])
    }

    @Test func `puts a playbook of its own in the place of a shipped one`() throws {
        let folder = try Folder([
            "riposte.yaml": "shipped_playbooks: all\n", "playbooks/mine.yaml": playbook("brute_force_response"),
        ])
        let loaded = try folder.load()
        #expect(loaded.playbooks.filter { $0.playbook.slug == "brute_force_response" }.map(\.playbook.steps) == [[Step(.blockIP)]])
        #expect(loaded.playbooks.count == ShippedPlaybooks.slugs.count)
    }

    @Test func `that is not there is an error that says how to make one`() throws {
        #expect(
            try Folder(["x": ""]).findings() == [
                "riposte.yaml:1:1: error: there is no such file; make one: a file with the line “store: riposte.db” is enough"
            ])
    }

    @Test func `whose playbooks cannot be found or read is refused`() throws {
        let folder = try Folder([
            "riposte.yaml": "playbooks: [gone, empty, bad]\n", "empty/x.txt": "", "bad/a.yaml": "", "bad/b.yaml": "a: [\n",
        ])
        #expect(
            folder.findings() == [
                "bad/a.yaml:1:1: error: the file holds no playbook",
                "bad/b.yaml:2:1: error: not valid YAML: did not find expected node content (while parsing a flow node, line 2)",
                "empty:1:1: warning: the folder holds no playbook files (*.yaml, *.yml, *.json)", "gone:1:1: error: there is no such file",
            ])
    }

    @Test func `refuses one slug in two files`() throws {
        let folder = try Folder([
            "riposte.yaml": "playbooks: [a, b.yaml]\n", "a/1.yaml": playbook("x"), "a/2.yaml": playbook("x"), "b.yaml": playbook("x"),
        ])
        #expect(
            folder.findings()
                == [
                    "a/2.yaml:1:1: error: two playbooks have the slug “x”, the first at a/1.yaml:1:1",
                    "b.yaml:1:1: error: two playbooks have the slug “x”, the first at a/1.yaml:1:1",
                ])
    }

    @Test func `with eleven mistakes in three files is told all eleven, each with its place and what to write instead`() throws {
        let folder = try Folder([
            "riposte.yaml": """
            store: riposte.db
            incident_response:
              playbooks:
                first:
                  mode: shadw
                  trigger: {detector: brute_froce, severity: hgih}
                  actions:
                    - {action: blok_ip, duration_minutes: 60}
                    - {acton: block_ip}

            """,
            "playbooks/a.yaml": """
            slug: second
            deadline: 90
            actions:
              - {action: block_ip, duration_minutes: one, when: night}
              - {action: block_ip, durations_minutes: 60}

            """,
            "playbooks/b.yaml": "slug: second\nactions: []\n",
        ])
        let linter: (Settings) -> PlaybookLinter = { _ in
            var actions = ActionRegistry()
            try? actions.register(RegisteredAction(Block()))
            return PlaybookLinter(actions: actions, detectors: [.bruteForceByAddress])
        }
        #expect(
            folder.findings(linter: linter) == [
                "playbooks/a.yaml:2:11: error: “deadline” must be a duration such as 30s, 5m or 1h; got 90; write 90s for seconds or 90m for minutes",
                "playbooks/a.yaml:4:42: error: block_ip: “duration_minutes” must be a number of minutes above 0 and at most 5256000, ten years; got “one”",
                "playbooks/a.yaml:4:47: error: “when” is a word of the playbook language that this version does not carry out yet",
                "playbooks/a.yaml:5:24: error: block_ip: unknown parameter “durations_minutes”; did you mean “duration_minutes”?",
                "playbooks/b.yaml:1:1: error: two playbooks have the slug “second”, the first at playbooks/a.yaml:1:1",
                "playbooks/b.yaml:2:10: error: a playbook needs at least one step",
                "riposte.yaml:5:13: error: “mode” cannot be “shadw”; did you mean “shadow”?",
                "riposte.yaml:6:27: error: unknown detector “brute_froce”; did you mean “brute_force”?",
                "riposte.yaml:6:50: error: unknown severity “hgih”; did you mean “high”?",
                "riposte.yaml:8:20: error: unknown action “blok_ip”; did you mean “block_ip”?",
                "riposte.yaml:9:11: error: a step needs an “action”; did you mean “action” where “acton” stands?",
            ])
    }

    @Test func `that warns of a channel is looked at like any other`() throws {
        let folder = try Folder([
            "riposte.yaml": """
            channels:
              ours: {type: webhook, url: "http://192.0.2.7/in", secret_env: TOKEN, escalate_after: 5m, escalate_to: pagr}
              mail: {type: email, host: 192.0.2.8, tls: none, from: a@example.org, to: b@example.org}
            routes: [{channels: [mail, ous]}]
            approvals: {channels: [mial]}
            playbooks: {x: {actions: [{action: blok_ip}]}}

            """
        ])
        let linter: (Settings) -> PlaybookLinter = { _ in
            var actions = ActionRegistry()
            try? actions.register(RegisteredAction(Block()))
            return PlaybookLinter(actions: actions, detectors: [])
        }
        #expect(
            folder.findings(linter: linter) == [
                "riposte.yaml:2:30: warning: a secret goes over the network in the clear; use https",
                "riposte.yaml:2:105: error: there is no channel “pagr”; there is: log, mail, ours",
                "riposte.yaml:3:45: warning: mail goes over the network in the clear; use “tls: starttls” or “tls: implicit”",
                "riposte.yaml:4:21: error: there is no channel “ous”; did you mean “ours”?",
                "riposte.yaml:5:12: error: there is no channel “mial”; did you mean “mail”?",
                "riposte.yaml:6:36: error: unknown action “blok_ip”; did you mean “block_ip”?",
            ])
    }

    @Test func `that fails to load again leaves the old one as it was`() throws {
        let folder = try Folder(["riposte.yaml": "log_level: debug\n", "playbooks/a.yaml": playbook("a")])
        let loader = ConfigurationLoader()
        let first = try loader.load(file: "\(folder.path)/riposte.yaml")
        try folder.write("riposte.yaml", "log_level: loud\n")
        #expect(throws: ConfigurationError.self) { try loader.load(file: "\(folder.path)/riposte.yaml") }
        #expect(first.settings.logLevel == .debug && first.playbooks.map(\.playbook.slug) == ["a"])
        try folder.write("riposte.yaml", "log_level: warning\n")
        #expect(try loader.load(file: "\(folder.path)/riposte.yaml").settings.logLevel == .warning)
    }

    @Test func `is not read from what is not an ordinary file`() {
        #expect(PlaybookFile.read(path: "/dev/zero").findings.map(\.description) == ["/dev/zero:1:1: error: this is not an ordinary file"])
        #expect(PlaybookFile.read(path: "/").findings.map(\.description) == ["/:1:1: error: this is a folder, not a file"])
    }
}
