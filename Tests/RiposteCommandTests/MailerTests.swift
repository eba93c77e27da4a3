import Riposte
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.enabled(if: Workplace.isThere("/usr/lib/python3/dist-packages/aiosmtpd"), "needs aiosmtpd"))
struct `the program that writes to users` {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private func settings(port: Int, password: String = "") -> String {
        """
        store: riposte.db
        shipped_playbooks: none
        mailer:
          host: 127.0.0.1
          port: \(port)
          tls: none
          from: Shop <shop@example.org>
          application: Example Shop
          address: "{{ user }}@example.org"
          reset_link: https://shop.example.org/forgot
          unlock_link: "https://shop.example.org/unlock?token={{ token }}"
          unlock_secret_file: unlock.key
        \(password)
        incident_response:
          playbooks:
            ask: {actions: [{action: lock_account}, {action: notify_user}, {action: notify_user}]}
            reset: {actions: [{action: force_password_reset}]}
        """
    }

    /// A workplace, and a mail server whose output is in `.other-out`.
    private func workplace(_ options: String..., password: String = "") async throws -> (Workplace, ChildProcess) {
        let workplace = try Workplace(nil)
        let script = Program.project + "/Tests/Mail/mail-server.py"
        let server = try workplace.startOther("/usr/bin/python3", [script, "--tls", "none"] + options)
        let port = try await until("the mail server is there") {
            let first = (try? workplace.read(".other-out"))?.split(separator: "\n").first ?? ""
            return first.hasPrefix("PORT ") ? Int(first.dropFirst(5)) : nil
        }
        try workplace.write(settings(port: port, password: password), to: "riposte.yaml")
        try workplace.write(Self.secret, to: "unlock.key")
        return (workplace, server)
    }

    private func mails(_ workplace: Workplace) throws -> [JSONValue] {
        try workplace.read(".other-out").split(separator: "\n").dropFirst().map {
            try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
        }
    }

    private func text(_ mail: JSONValue?) -> String { mail?["parts"]?.array?.first?["text"]?.string ?? "" }

    private func token(_ mail: JSONValue?) -> String {
        text(mail).split(separator: "\n").first { $0.hasPrefix("https://") }?.split(separator: "=").last.map(String.init) ?? ""
    }

    private func standing(_ workplace: Workplace) async throws -> String {
        try await workplace.riposte("effect", "list").output
    }

    @Test func `asks once, and its link unlocks once, whether the daemon runs or not`() async throws {
        for hasDaemon in [false, true] {
            let (workplace, server) = try await workplace()
            let daemon = hasDaemon ? try await workplace.serve() : nil
            let run = try await workplace.riposte("playbook", "run", "ask", "--context", "user=alice")
            #expect(run.code == 0, "\(run.all)")
            #expect(run.output.contains("notify_user user:alice: unchanged: alice has been asked already"), "\(run.all)")
            let all = try mails(workplace)
            #expect(all.count == 1 && all[0]["to"] == ["alice@example.org"])
            let token = token(all.first)
            #expect(token.count > 40)
            #expect(try await standing(workplace).contains("alice"))
            let forged = try await workplace.riposte("unlock", token + "x")
            #expect(forged.code == 1 && forged.errors.contains("this link is not one of ours"), "\(forged.all)")
            #expect(try await standing(workplace).contains("alice"), "a forged link unlocks nothing")
            let unlocked = try await workplace.run("/bin/sh", ["-c", "printf '%s\\n' \(token) | \(Program.path) unlock"])
            #expect(unlocked.code == 0 && unlocked.output.contains("user:alice: taken back"), "\(unlocked.all)")
            #expect(try await !standing(workplace).contains("alice"))
            let again = try await workplace.riposte("unlock", token)
            #expect(again.code == 0 && again.output == "nothing was lifted for alice: the link has been used, or what it lifts was over\n")
            // Another key, as in somebody else's installation.
            try workplace.write(Self.secret + "x", to: "unlock.key")
            #expect(try await workplace.riposte("unlock", token).code == 1)
            if let daemon { #expect(try await daemon.terminate() == 0) }
            server.send(SIGKILL)
        }
    }

    @Test func `tells how to set a new password, and fails in the server's words where mail bounces`() async throws {
        let (workplace, server) = try await workplace("--recipient", "bob@example.org=550 5.1.1 no such user")
        #expect(try await workplace.riposte("playbook", "run", "reset", "--context", "user=alice").code == 0)
        #expect(text(try mails(workplace).first).contains("This is where: https://shop.example.org/forgot\n"))
        let bounced = try await workplace.riposte("playbook", "run", "reset", "--context", "user=bob")
        #expect(bounced.code == 1 && bounced.output.contains("refused bob@example.org (550 5.1.1 no such user)"), "\(bounced.all)")
        let nobody = try await workplace.riposte("playbook", "run", "ask", "--context", "user=eve@example.net")
        #expect(nobody.output.contains("could not ask eve@example.net: there is no mail address: the name makes none"), "\(nobody.all)")
        server.send(SIGKILL)
    }

    @Test func `answers an attack that serve sees, and writes to nobody in a replay`() async throws {
        let (workplace, server) = try await workplace()
        let answers = """
            sources: [{file: auth.log, format: sshd, start: beginning}]
                found: {trigger: {detector: brute_force}, actions: [{action: notify_user}]}
            """.split(separator: "\n")
        let text = try workplace.read("riposte.yaml") + "\n" + answers[1] + "\n"
        try workplace.write(text + answers[0] + "\n", to: "riposte.yaml")
        let log = try AttackLog(workplace / "auth.log")
        try log.fail(Attacker(number: 2), times: 12)
        let replay = try await workplace.riposte("replay", "--enforce", "--format", "sshd", "auth.log")
        let incident = try await workplace.riposte("incident", "list")
        #expect(try mails(workplace).isEmpty, "\(replay.all) \(incident.all)")
        let daemon = try await workplace.serve()
        try log.fail(Attacker(number: 4), times: 12)
        let mail = try await until("the user is asked") { try mails(workplace).first { $0["to"] == ["user4@example.org"] } }
        #expect(self.text(mail).contains("From the address: 198.18.4.1\n"))
        #expect(try await daemon.terminate() == 0)
        server.send(SIGKILL)
    }

    @Test func `is looked over by the doctor, and says of a link without a mailer that there is none`() async throws {
        let (workplace, server) = try await workplace()
        let said = try await workplace.riposte("doctor", "--output", "ndjson").records().first { $0["part"] == "mailer" }
        #expect(said?["detail"] == "addresses come from {{ user }}@example.org; no mail is sent to try it", "\(said ?? .null)")
        #expect(said?["needs"]?.string?.contains("unlock.key") == true)
        try workplace.write("short", to: "unlock.key")
        let short = try await workplace.riposte("doctor", "--output", "ndjson").records().first { $0["part"] == "mailer" }
        #expect(short?["state"] == "failing" && short?["detail"] == "the secret of unlock links needs at least 32 bytes")
        try workplace.write("store: riposte.db", to: "riposte.yaml")
        let none = try await workplace.riposte("unlock", "x")
        #expect(none.code == 1 && none.errors.contains("no links are made here"))
        let lint = try await workplace.riposte("action", "show", "notify_user")
        #expect(lint.code == 0)
        server.send(SIGKILL)
    }
}
