import Riposte
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The right is what is missing here, whoever runs this.
@Suite(.timeLimit(.minutes(2))) struct `a firewall that may not be changed` {
    private let workplace: Workplace
    private let explanation = "the kernel's firewall may not be changed by this user. It takes CAP_NET_ADMIN"

    init() throws {
        workplace = try Workplace(Workplace.settings + "\nenforcers: {firewall: {type: nftables, table: riposte-test}}\n")
    }

    private func command(_ arguments: [String]) -> (program: String, arguments: [String]) {
        guard getuid() == 0 else { return (Program.path, arguments) }
        return ("/usr/bin/setpriv", ["--bounding-set=-net_admin", Program.path] + arguments)
    }

    private func riposte(_ arguments: String...) async throws -> Outcome {
        let command = command(arguments)
        return try await workplace.run(command.program, command.arguments)
    }

    @Test func `is said, fails the ban and not the daemon, which goes on`() async throws {
        try workplace.write("", to: "auth.log")
        let command = command(["serve"])
        let daemon = try workplace.startOther(command.program, command.arguments)
        try await until("the daemon serves") { try workplace.read(".other-err").contains(" serving ") ? true : nil }
        try await until("the daemon says so") {
            try workplace.read(".other-err").contains("decisions are not carried out: \(explanation)") ? true : nil
        }

        let attacker = Attacker(number: 1)
        try AttackLog(workplace / "auth.log").fail(attacker, times: 12)
        let incident = try await until("an incident that says so") {
            let records = try await riposte("incident", "list", "--output", "ndjson").records()
            guard let id = records.first?["id"]?.string else { return String?.none }
            let shown = try await riposte("incident", "show", id)
            return shown.output.contains("CAP_NET_ADMIN") ? shown.output : nil
        }
        #expect(incident.contains(explanation), "\(incident)")
        #expect(try await workplace.banned() == [], "what is not carried out is not in force")

        let list = try await riposte("enforcer", "list", "--output", "ndjson")
        #expect(list.code == 1)
        #expect(try list.records().map { $0["state"]?.string } == ["failing"])
        #expect(list.output.contains(explanation))
        #expect(list.errors == "")
        #expect(daemon.exitCode == nil, "it is still there")
        daemon.send(SIGTERM)
        #expect(try await daemon.end() == 0)
        #expect(try workplace.read(".other-err").split(separator: "\n").allSatisfy { $0.hasPrefix("20") }, "log lines and nothing else")

        let removed = try await riposte("enforcer", "remove", "firewall")
        #expect(removed.code != 0)
        #expect(removed.errors.contains(explanation), "\(removed.all)")
    }
}
