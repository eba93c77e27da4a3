import Riposte
import Testing

@Suite(.serialized) struct `incidents and the people who look after them` {
    private static let server = Program.project + "/Tests/Mail/mail-server.py"
    private static let isMailAvailable = Workplace.isThere("/usr/lib/python3/dist-packages/aiosmtpd")

    private static func settings(port: Int) -> String {
        """
        store: riposte.db
        shipped_playbooks: none
        channels:
          email: {type: email, host: 127.0.0.1, port: \(port), tls: none, username: riposte, password_file: password, from: riposte@example.org, to: ann@example.org}
          pagerduty: {type: pagerduty, routing_key_env: NOWHERE}
        incident_response:
          playbooks:
            tell:
              actions: [{action: block_ip, duration_minutes: 60}, {action: notify_admin, channels: [email, pagerduty]}]
        """
    }

    /// Starts a mail server and gives back its port.
    private func mailServer(_ workplace: Workplace, _ options: [String] = []) async throws -> (ChildProcess, Int) {
        let server = try workplace.startOther("/usr/bin/python3", [Self.server, "--tls", "none"] + options)
        let port = try await until("the mail server listens") {
            let line = try workplace.read(".other-out").split(separator: "\n").first
            return line.flatMap { $0.hasPrefix("PORT ") ? Int($0.dropFirst(5)) : nil }
        }
        return (server, port)
    }

    private func mails(_ workplace: Workplace) throws -> [String] {
        try workplace.read(".other-out").split(separator: "\n").filter { $0.hasPrefix("{") }.map(String.init)
    }

    @Test(.enabled(if: isMailAvailable), arguments: [false, true])
    func `are acknowledged and resolved with the daemon up and down, and people get mail`(isUp: Bool) async throws {
        let workplace = try Workplace(nil)
        let (server, port) = try await mailServer(workplace, ["--auth", "riposte:hunter2"])
        defer { server.send(9) }
        try workplace.write(Self.settings(port: port), to: "riposte.yaml")
        try workplace.write("hunter2\n", to: "password")
        let daemon = isUp ? try await workplace.serve() : nil
        #expect(try await workplace.riposte("playbook", "run", "tell", "--context", "ip=203.0.113.9").code == 0)
        let id = try #require(try await workplace.riposte("incident", "list", "-o", "ndjson").records().first?["id"]?.string)

        let taken = try await workplace.riposte("incident", "acknowledge", id, "--note", "looking")
        #expect(taken.code == 0 && taken.output.hasPrefix("\(id) is acknowledged"), "\(taken.all)")
        let resolved = try await workplace.riposte("incident", "resolve", id, "--note", "ours")
        #expect(resolved.code == 0, "\(resolved.all)")
        #expect(resolved.output.contains("is resolved\nstill in force:\n  ban on 203.0.113.9 until "))
        #expect(resolved.output.contains("riposte incident undo \(id)"))
        #expect(try await workplace.riposte("incident", "resolve", id).output.contains("was resolved already"))
        #expect(try await workplace.riposte("incident", "acknowledge", "inc-nothing").code == 1)

        let received = try await until("two mails") { try mails(workplace).count == 2 ? try mails(workplace) : nil }
        #expect(received[0].contains("[\"X-Riposte-Kind\", \"opened\"]") && received[1].contains("[\"X-Riposte-Kind\", \"resolved\"]"))
        #expect(received.allSatisfy { $0.contains("\"user\": \"riposte\"") })
        let shown = try await until("both are in the record", every: .milliseconds(100)) {
            let shown = try await workplace.riposte("incident", "show", id).output
            return shown.contains("notification (resolved) delivered through email: 127.0.0.1:\(port) took it for ann@example.org")
                ? shown : nil
        }
        #expect(shown.contains("through pagerduty not delivered yet: the secret environment:NOWHERE is not set"))
        #expect(shown.contains("acknowledged: looking") && shown.contains("resolved: ours"))
        if let daemon { #expect(try await daemon.terminate() == 0) }
        for name in try workplace.names where name.hasPrefix("riposte.db") {
            #expect(!(try workplace.read(name)).contains("hunter2"), "\(name)")
        }
        #expect(daemon?.said.contains("hunter2") != true)
    }

    @Test(.enabled(if: isMailAvailable)) func `are shown where people could not be told`() async throws {
        let workplace = try Workplace(nil)
        let (server, port) = try await mailServer(workplace, ["--auth", "riposte:other"])
        defer { server.send(9) }
        try workplace.write(Self.settings(port: port), to: "riposte.yaml")
        try workplace.write("hunter2\n", to: "password")
        let run = try await workplace.riposte("playbook", "run", "tell", "--context", "ip=203.0.113.9")
        let id = try #require(try await workplace.riposte("incident", "list", "-o", "ndjson").records().first?["id"]?.string)
        let resolved = try await workplace.riposte("incident", "resolve", id)
        let shown = try await workplace.riposte("incident", "show", id)
        #expect(shown.output.contains("notification through email given up: 127.0.0.1:\(port) answered 535 to the user name and password"))
        #expect(shown.output.contains("notification (resolved) through email dropped: nobody was told"))
        #expect(!(run.all + resolved.all + shown.all).contains("hunter2"))
    }
}
