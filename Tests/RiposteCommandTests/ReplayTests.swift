import Riposte
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.serialized) struct `replay` {
    @Test(arguments: [
        "Tests/Fixtures/sshd/rfc3164.log", "Tests/Fixtures/sshd/iso.log", "Tests/Fixtures/sshd/rfc5424.log",
        "Tests/Fixtures/sshd/repeated.log", "Examples/demo/auth.log",
    ])
    func `tells anomalies and incidents as JSON lines`(log: String) async throws {
        let workplace = try Workplace(nil)
        let outcome = try await workplace.riposte("replay", "--output", "ndjson", Program.project + "/" + log)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let records = try outcome.records()
        #expect(records.contains { $0["kind"] == "anomaly" })
        #expect(records.contains { $0["kind"] == "incident" })
        for record in records {
            #expect(["anomaly", "incident"].contains(record["kind"]?.string))
            #expect(record["detector"]?.string?.isEmpty == false)
            #expect(Severity(name: record["severity"]?.string ?? "") != nil)
            let (first, last) = (record["first"]?.string ?? "", record["last"]?.string ?? "")
            #expect(try #require(Timestamp(rfc3339: first)) <= #require(Timestamp(rfc3339: last)))
            #expect((record["count"]?.int ?? 0) >= 5)
            #expect(record["targets"]?["addresses"] != nil)
        }
        // 198.51.100.20 is the name that others use, and a colleague's address; nothing else in the log accuses it.
        #expect(!outcome.output.contains("198.51.100.20"))
        #expect(try workplace.names == [], "it left something behind")
    }

    @Test func `finds the same in every way syslog writes the same lines`() async throws {
        let workplace = try Workplace(nil)
        var seen: [[String]] = []
        for form in ["rfc3164", "iso", "rfc5424"] {
            let outcome = try await workplace.riposte("replay", "-o", "ndjson", Program.project + "/Tests/Fixtures/sshd/\(form).log")
            seen.append(
                try outcome.records().filter { $0["kind"] == "anomaly" }.map { record in
                    "\(record["detector"]?.string ?? "") \(record["severity"]?.string ?? "") \(record["count"]?.int ?? 0) "
                        + (record["targets"]?.description ?? "")
                })
        }
        #expect(!seen[0].isEmpty)
        #expect(seen[0] == seen[1])
        #expect(seen[0] == seen[2])
    }

    @Test func `touches nothing unless it is told to, and then acts in the configured store`() async throws {
        let workplace = try Workplace("store: riposte.db\nshipped_playbooks: all\n")
        let log = Program.project + "/Examples/demo/auth.log"
        let dry = try await workplace.riposte("replay", log)
        #expect(dry.code == 0)
        #expect(dry.output.contains("WOULD HAVE BEEN DONE"))
        #expect(dry.output.contains("block_ip 203.0.113.99"))
        #expect(try workplace.names == ["riposte.yaml"])
        let real = try await workplace.riposte("replay", "--enforce", log)
        #expect(real.code == 0, "\(real.errors)")
        #expect(try await workplace.riposte("why", "203.0.113.99").output.contains("by playbook credential_stuffing_response"))
    }

    @Test func `lets blocks end in the log's own time, and answers who comes back`() async throws {
        let workplace = try Workplace(
            """
            store: riposte.db
            incident_response:
              playbooks:
                short: {trigger: {detector: brute_force, severity: high}, actions: [{action: block_ip, duration: 6s}]}

            """)
        let lines = (0..<24).map { step in
            let second = step < 12 ? step : step + 18
            return "2026-11-21T07:00:\(second < 10 ? "0" : "")\(second)+00:00 web sshd[\(step)]: "
                + "Failed password for root from 203.0.113.9 port 4 ssh2\n"
        }
        let log = workplace.path + "/back.log"
        try Data(lines.joined().utf8).write(to: URL(filePath: log))
        let outcome = try await workplace.riposte("replay", "--enforce", "-o", "ndjson", log)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let high = try outcome.records().filter { $0["kind"] == "anomaly" && $0["severity"] == "high" }
        #expect(high.compactMap { $0["last"]?.string } == ["2026-11-21T07:00:09Z", "2026-11-21T07:00:39Z"])
    }

    @Test func `does not act beside a daemon on the same store`() async throws {
        let workplace = try Workplace()
        let daemon = try await workplace.serve()
        let outcome = try await workplace.riposte("replay", "--enforce", Program.project + "/Examples/demo/auth.log")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("the store is held by the daemon with process \(daemon.child.process)"))
        #expect(try await daemon.terminate() == 0)
    }
}

@Suite(.serialized) struct `the demo` {
    @Test func `ends with the incidents and the commands to look further, and touches nothing outside its folder`() async throws {
        let workplace = try Workplace(nil)
        let outcome = try await workplace.riposte("demo")
        #expect(outcome.code == 0, "\(outcome.all)")
        #expect(outcome.output.contains("Answer: brute_force_response"))
        #expect(outcome.output.contains("Answer: credential_stuffing_response"))
        #expect(outcome.output.contains("ban on 203.0.113.99 until"))
        #expect(try workplace.names == [".riposte-demo"])
        // The commands that it names work as they are printed.
        let commands = outcome.output.split(separator: "\n").drop { $0 != "Look further:" }.dropFirst().map { line in
            line.split(separator: " ").map(String.init)
        }.filter { $0.first == Program.path }
        #expect(commands.map { $0.dropFirst().prefix(2).joined(separator: " ") }.prefix(2) == ["incident list", "incident show"])
        for command in commands {
            let further = try await workplace.run(command[0], Array(command.dropFirst()))
            #expect(further.code == 0, "\(command): \(further.all)")
        }
        #expect(try await workplace.riposte("demo").code == 0, "it can be run again")
    }
}
