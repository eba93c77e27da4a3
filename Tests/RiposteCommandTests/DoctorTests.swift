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
}
