import Riposte
import Testing

@Suite struct `the doctor` {
    @Test func `says of each channel what it really needs`() async throws {
        let mail = "type: email, host: mail.example.org, from: a@example.org, to: b@example.org"
        let workplace = try Workplace(
            """
            store: riposte.db
            channels:
              open: {\(mail)}
              signed: {\(mail), username: riposte, password_env: SMTP_PASSWORD}
              own: {\(mail), ca_file: missing.pem}
              people: {type: log}
            """)
        let outcome = try await workplace.riposte("doctor", "--output", "ndjson", environment: ["SMTP_PASSWORD": "hunter2"])
        let channels = try outcome.records().filter { $0["part"]?.string?.hasPrefix("channel ") == true }
        let said = Dictionary(uniqueKeysWithValues: channels.map { ($0["part"]?.string ?? "", $0["detail"]?.string ?? "") })
        #expect(said["channel open"] == "mail goes out without signing in")
        #expect(said["channel signed"] == "its secrets are there (as this user sees them)")
        #expect(
            said["channel own"] == "the certificate authorities in “missing.pem” cannot be read: No such file or directory")
        #expect(said["channel people"] == "told through the program's own log or a file")
        #expect(outcome.code == 1)
    }
    @Test func `finds what would keep people from being told, and programs from being run`() async throws {
        let workplace = try Workplace(
            """
            store: riposte.db
            channels:
              lost: {type: file, path: nowhere/alerts.jsonl}
              folder: {type: file, path: /}
              slack: {type: slack, url_env: SLACK}
              teams: {type: teams, url_env: TEAMS}
            actions:
              gone: {type: run_command, command: [/nowhere/purge]}
              there: {type: run_command, command: [/bin/sh]}
            log_channels: {security: nowhere/security.log, evidence: evidence.log}
            """)
        let outcome = try await workplace.riposte(
            "doctor", "--output", "ndjson",
            environment: ["SLACK": "http://hooks.example.org/hunter2", "TEAMS": "https://teams.example.org/x"])
        let said = Dictionary(
            uniqueKeysWithValues: try outcome.records().map {
                ($0["part"]?.string ?? "", "\($0["state"]?.string ?? ""): \($0["detail"]?.string ?? "")")
            })
        #expect(said["channel lost"] == "failing: “nowhere/alerts.jsonl” cannot be written by this user: No such file or directory")
        #expect(said["channel folder"] == "failing: “/” is no regular file")
        #expect(said["channel slack"] == "failing: the URL in environment:SLACK does not begin with https://")
        #expect(said["channel teams"] == "ok: its secrets are there (as this user sees them)")
        #expect(said["action gone"] == "failing: “/nowhere/purge” cannot be run by this user: No such file or directory")
        #expect(said["action there"] == "ok: its program is there")
        #expect(said["log_channel security"] == "failing: “nowhere/security.log” cannot be written by this user: No such file or directory")
        #expect(said["log_channel evidence"] == "ok: can be written")
        #expect(outcome.code == 1)
        #expect(!outcome.all.contains("hunter2"))
    }
}
