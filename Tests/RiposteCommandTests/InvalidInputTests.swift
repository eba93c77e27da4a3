import Riposte
import Testing

@Suite(.serialized) struct `wrong input` {
    @Test(arguments: [["config", "check"], ["serve"], ["incident", "list"], ["decision", "add", "203.0.113.9"], ["playbook", "lint"]])
    func `ten mistakes in a configuration and its playbooks are all reported at once`(command: [String]) async throws {
        let workplace = try Workplace(
            """
            store: riposte.db
            sorces: []
            sources:
              - {file: auth.log, format: sshdd}
              - {file: other.log, timezone: Mars/Base}
            join_window: 1 fortnight
            detectors: {brute_forc: {}}
            incident_response:
              playbooks:
                answer:
                  trigger: {detector: brute_forc, severity: hgh}
                  actions:
                    - {action: blok_ip, duration_minutes: 60}
                    - {action: block_ip, duration_minuts: 60}
                    - {action: block_ip, ip: 1.2.3}
            """)
        let outcome = try await workplace.run(Program.path, command)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors.split(separator: "\n").map(String.init) == [
                "riposte.yaml:2:1: error: unknown key “sorces” in the settings; did you mean “sources”?",
                "riposte.yaml:4:30: error: “format” cannot be “sshdd”; did you mean “sshd”?",
                "riposte.yaml:5:33: error: there is no time zone “Mars/Base” in this system's database; one is called Europe/Berlin, one UTC",
                "riposte.yaml:6:14: error: “join_window” must be a duration such as 30s, 5m or 1h; got “1 fortnight”",
                "riposte.yaml:7:13: error: unknown detector “brute_forc”; did you mean “brute_force”?",
                "riposte.yaml:11:27: error: unknown detector “brute_forc”; did you mean “brute_force”?",
                "riposte.yaml:11:49: error: unknown severity “hgh”; did you mean “high”?",
                "riposte.yaml:13:20: error: unknown action “blok_ip”; did you mean “block_ip”?",
                "riposte.yaml:14:30: error: block_ip: unknown parameter “duration_minuts”; did you mean “duration_minutes”?",
                "riposte.yaml:15:34: error: block_ip: “ip” must be an address (203.0.113.9) or network (203.0.113.0/24); got “1.2.3”",
            ])
        #expect(!(try await workplace.run("/bin/ls", [])).output.contains("riposte.db"), "the store was touched")
    }

    @Test func `a playbook file on its own is checked for everything too`() async throws {
        let workplace = try Workplace(nil)
        try workplace.write(
            "slug: x\ntrigger: {detector: brute_forc, severity: hgh}\nactions:\n  - {action: blok_ip}\n  - {action: block_ip, duration_minuts: 5}\n",
            to: "x.yaml")
        let outcome = try await workplace.riposte("playbook", "lint", "x.yaml", "nowhere.yaml")
        #expect(outcome.code == 2)
        for place in ["x.yaml:2:21", "x.yaml:2:43", "x.yaml:4:14", "x.yaml:5:24", "nowhere.yaml:1:1"] {
            #expect(outcome.errors.contains("\(place): error: "), "\(place): \(outcome.errors)")
        }
        #expect(outcome.errors.hasSuffix("1 playbook, 5 errors, 0 warnings\n"))
    }

    @Test(arguments: [
        (["--bogus"], "Unknown option '--bogus'"), (["frobnicate"], "Unexpected argument 'frobnicate'"),
        (["why", "nonsense"], "“nonsense” is not a target"), (["why"], "Missing expected argument '<target>'"),
        (["decision", "add", "203.0.113.999"], "“203.0.113.999” is not a target"),
        (["decision", "add", "203.0.113.9", "--duration", "8x"], "“8x” is not a duration"),
        (["decision", "add", "203.0.113.9", "--duration", "0s"], "“0s” is not a duration from a second to ten years"),
        (["decision", "add", "203.0.113.9", "--duration", "5000d"], "“5000d” is not a duration from a second to ten years"),
        (["playbook", "run", "x", "--context", "ip"], "“ip” is not key=value"),
        (["playbook", "run", "x", "--context", "ip=999.1.1.1"], "“ip=999.1.1.1” is not an address"),
        (["incident", "list", "--limit", "0"], "--limit must be at least 1"),
        (["incident", "list", "--status", "over"], "  - investigating"),
        (["completion", "tcsh"], "'bash', 'zsh' or 'fish'"),
        (["replay", "x", "--timezone", "Mars/Base"], "there is no time zone “Mars/Base”"),
        (["replay", "x", "--format", "word"], "'sshd', 'nginx', 'apache', 'jsonl' or 'auto'"),
    ])
    func `wrong usage ends with 64 and says what is right`(arguments: [String], expected: String) async throws {
        let outcome = try await Workplace().run(Program.path, arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
        #expect(outcome.errors.contains("Usage: riposte"))
        #expect(outcome.output == "")
    }

    @Test(arguments: [
        (["incident", "show", "inc-nope"], "there is no incident “inc-nope”; riposte incident list shows what there is"),
        (["incident", "undo", "inc-nope"], "there is no incident “inc-nope”; riposte incident list shows what there is"),
        (["playbook", "show", "keep_ot"], "there is no playbook “keep_ot”; did you mean “keep_out”?"),
        (["playbook", "run", "keep_ot"], "there is no playbook “keep_ot”; did you mean “keep_out”?"),
        (["action", "show", "blok_ip"], "there is no action “blok_ip”; did you mean “block_ip”?"),
        (
            ["decision", "add", "203.0.113.9", "--type", "captcha"],
            "decisions of the type “captcha” are not available in this version; there is: ban"
        ),
        (["decision", "add", "10.0.0.0/8"], "refused: 10.0.0.0/8 is wider than /24, the widest network that may be acted on"),
        (["replay", "/nowhere.log"], "/nowhere.log: no such file"), (["replay", "/tmp"], "/tmp: cannot read: is a directory"),
        (["demo", "--folder", "/proc"], "the folder /proc is there already and was not made by a demo; name another with --folder"),
        (["demo", "--folder", "/proc/x"], "the folder /proc/x cannot be made here; name another with --folder"),
    ])
    func `what cannot be done ends with 1 and one clear sentence`(arguments: [String], expected: String) async throws {
        let outcome = try await Workplace().run(Program.path, arguments)
        #expect(outcome.code == 1)
        // Where a decision is refused, the incident it is recorded in is named too.
        #expect(outcome.errors.hasPrefix("Error: \(expected)") && outcome.errors.count(where: \.isNewline) == 1, "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test func `a run of which a step has failed ends with 1`() async throws {
        let outcome = try await Workplace().riposte("playbook", "run", "keep_out")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("block_ip needs an address"))
    }

    @Test func `a log in which no line is understood is an error that says how to go on`() async throws {
        let workplace = try Workplace(nil)
        try workplace.write("apples\npears\n", to: "fruit.txt")
        let outcome = try await workplace.riposte("replay", "fruit.txt")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("2 lines were not understood: 2 malformed"))
        #expect(outcome.errors.contains("not one line was understood; say what it is with --format"))
    }

    @Test func `a user's name makes no line of its own and says nothing to the terminal, in any command's output`() async throws {
        let workplace = try Workplace("store: riposte.db\nshipped_playbooks: all\n")
        let user = #"al\nFORGED\u001b[31m\u009b31m\u202e\u2028"#
        let log = (0..<12).map { second in
            #"{"time":"2026-11-21T07:01:\#(second + 10)Z","kind":"auth.login","outcome":"failure","ip":"203.0.113.\#(second % 6)","user":"\#(user)"}"#
        }
        try workplace.write(log.joined(separator: "\n"), to: "log.jsonl")
        var said: [Outcome] = []
        for command in [
            ["replay", "--detect-only", "log.jsonl"], ["replay", "--enforce", "log.jsonl"], ["replay", "-o", "ndjson", "log.jsonl"],
            ["incident", "list"], ["incident", "list", "-o", "ndjson"], ["incident", "show", "inc-"], ["decision", "list", "-o", "ndjson"],
        ] { said.append(try await workplace.run(Program.path, command)) }
        let incident = try #require(try said[4].records().first { $0["status"] == "contained" }?["id"]?.string)
        said.append(try await workplace.riposte("incident", "show", incident))
        said.append(try await workplace.riposte("incident", "undo", incident))
        #expect(said.count { $0.output.contains("FORGED") } >= 5)
        for outcome in said {
            #expect(!outcome.all.split { $0.isNewline }.contains { $0.hasPrefix("FORGED") }, "\(outcome.all)")
            #expect(!outcome.all.unicodeScalars.contains { "\u{1b}\u{9b}\u{202e}\u{2028}".unicodeScalars.contains($0) }, "\(outcome.all)")
        }
    }

    @Test func `a configuration that is named and not there is said so`() async throws {
        let outcome = try await Workplace(nil).riposte("serve", "--config", "nope.yaml")
        #expect(outcome.code == 2)
        #expect(
            outcome.errors == "nope.yaml:1:1: error: there is no such file; make one: a file with the line “store: riposte.db” is enough\n")
    }

    @Test(.enabled(if: !Workplace.machineHasSettings))
    func `without any configuration, what needs none works and the rest says what is enough`() async throws {
        let workplace = try Workplace(nil)
        for command in [["playbook", "list"], ["action", "list"], ["playbook", "show", "brute_force_response"], ["playbook", "lint"]] {
            #expect(try await workplace.run(Program.path, command).code == 0)
        }
        for command in [["serve"], ["incident", "list"], ["why", "203.0.113.9"], ["config", "check"]] {
            let outcome = try await workplace.run(Program.path, command)
            #expect(outcome.code == 2)
            #expect(outcome.errors.contains("one line is enough: store: riposte.db"), "\(outcome.errors)")
        }
    }
}
