import RiposteTesting
import Testing

@testable import Riposte

/// Its own proxy, its operator, the last administrator, a network around any of them, everything: from every face.
@Suite struct `what must never be blocked` {
    private static let guarded = ProtectedTargets(
        networks: ["192.0.2.64/26"].compactMap { AddressRange($0) }, ownAddresses: ["192.0.2.10"].compactMap { IPAddress($0) },
        users: ["backup"], proxies: ["198.51.100.7"].compactMap { AddressRange($0) },
        gateways: ["198.51.100.129"].compactMap { AddressRange($0) }, administrators: ["ann"])

    private static func bench(_ playbooks: [Playbook] = [.containment]) async throws -> Bench {
        let bench = try Bench(playbooks, configuration: .init(protected: guarded))
        try await bench.responder.noteOperator("ann", at: try #require(IPAddress("203.0.113.50")))
        return bench
    }

    static let addresses = [
        ("198.51.100.7", "is the proxy of this set-up"), ("198.51.100.0/24", "covers the proxy 198.51.100.7"),
        ("198.51.100.129", "is the gateway of this set-up"), ("198.51.100.128/25", "covers the gateway 198.51.100.129"),
        ("203.0.113.50", "where the operator ann works from"), ("203.0.113.0/24", "where the operator ann works from"),
        ("192.0.2.10", "an address of this machine"), ("192.0.2.0/28", "an address of this machine"),
        ("192.0.2.65", "lies in the protected network"), ("0.0.0.0/0", "is wider than /24"), ("::/0", "is wider than /48"),
        ("127.0.0.1", "loopback"), ("64:ff9b::198.51.100.7", "stands for 198.51.100.7"), ("64:ff9b::/96", "is wider than /120"),
        ("64:ff9b::192.0.2.0/120", "stands for 192.0.2.0/24"), ("2002:c633:6407::1", "stands for 198.51.100.7"),
        ("64:ff9b:1::127.0.0.1", "stands for 127.0.0.1"), ("64:ff9b::203.0.113.50", "where the operator ann works from"),
    ]

    @Test(arguments: addresses)
    func `is refused from a playbook's own parameters, and why says so`(address: String, reason: String) async throws {
        let bench = try await Self.bench([Playbook("p", steps: [Step(.blockIP, parameters: ["cidr": .string(address)])])])
        let report = try await bench.responder.runPlaybook("p", context: ["ip": "203.0.113.9"])
        #expect(report.steps.map(\.outcome.kind) == [.refused])
        #expect(report.steps.first?.outcome.guardNote?.contains(reason) == true)
        let why = try await bench.why(address)
        #expect(why.contains("block_ip \(target(address)) in \(report.incidentID): refused: ") && why.contains(reason), "\(why)")
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test(arguments: addresses)
    func `is refused from a playbook that answers an anomaly, and why says so`(address: String, reason: String) async throws {
        let bench = try await Self.bench()
        let report = try #require(try await bench.answer(anomaly("a", from: address)).first)
        #expect(report.steps.first?.outcome.kind == .refused)
        #expect(report.steps.first?.outcome.message.contains(reason) == true)
        let why = try await bench.why(address)
        #expect(why.contains("block_ip \(target(address)) in \(report.incidentID): refused: ") && why.contains(reason), "\(why)")
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test(arguments: addresses)
    func `is refused to the library, with an incident that says so`(address: String, reason: String) async throws {
        let bench = try await Self.bench()
        let error = try await #require(throws: ResponderError.self) {
            try await bench.responder.addDecision(target(address), duration: nil, actor: "bob", reason: "because")
        }
        #expect(error.code == .refused)
        #expect(error.message.contains(reason))
        #expect(try await bench.incidents.map(\.openedBy) == ["bob"])
        #expect(try await bench.why(address).contains(reason))
        #expect(bench.enforcer.inForce.isEmpty)
    }

    @Test func `a refused decision on everything is joined by nobody`() async throws {
        let bench = try await Self.bench()
        _ = try? await bench.responder.addDecision(target("0.0.0.0/0"), duration: nil, actor: "bob", reason: "")
        try await bench.answer(anomaly("a"))
        #expect(try await bench.incidents.count == 2)
        #expect(bench.blocks("203.0.113.9"))
    }

    @Test func `the last administrator is not locked, by a playbook or by hand`() async throws {
        let bench = try await Self.bench()
        let automatic = try #require(try await bench.answer(anomaly("a", users: ["ann"])).first)
        #expect(automatic.outcome(of: .lockAccount)?.guardNote == "“ann” is the last administrator whom nothing shuts out")
        let manual = try await bench.responder.runPlaybook("containment", context: ["user": "ann"])
        #expect(manual.outcome(of: .lockAccount)?.kind == .refused)
        #expect(try await bench.why("user:ann").contains("the last administrator"))
        #expect(!bench.locks("ann"))
    }

    @Test(arguments: ["ROOT", "Root ", "r\u{200B}oot", "ｒｏｏｔ", "BackUp", "root\u{0}", "ANN", "ann\u{FEFF}"])
    func `an account is protected however it is written, for directories that are not strict about it`(name: String) async throws {
        let bench = try await Self.bench()
        let report = try await bench.responder.runPlaybook("containment", context: ["user": name])
        #expect(report.outcome(of: .lockAccount)?.kind == .refused)
    }

    @Test func `somebody else with a like name is not`() async throws {
        let bench = try await Self.bench()
        for name in ["rooter", "rооt", "roo t"] {  // the second with Cyrillic letters
            let report = try await bench.responder.runPlaybook("containment", context: ["user": name])
            #expect(report.outcome(of: .lockAccount)?.kind == .succeeded, "\(name)")
        }
    }

    @Test func `of two administrators the second is left alone where the first is locked under another spelling`() async throws {
        let bench = try Bench([.containment], configuration: .init(protected: ProtectedTargets(administrators: ["ann", "bob"])))
        let first = try await bench.responder.runPlaybook("containment", context: ["user": "ANN"])
        #expect(first.outcome(of: .lockAccount)?.kind == .succeeded)
        let second = try await bench.responder.runPlaybook("containment", context: ["user": "bob"])
        #expect(second.outcome(of: .lockAccount)?.kind == .refused)
    }

    /// What only makes somebody prove who they are keeps nobody from mending things.
    @Test func `the last administrator's sessions may be ended, and that shuts nobody out`() async throws {
        let shield = Playbook("shield", steps: [Step(.revokeSessions), Step(.requireTwoFactor), Step(.enableEnhancedLogging)])
        let bench = try Bench([shield, .containment], configuration: .init(protected: ProtectedTargets(administrators: ["ann", "bob"])))
        for user in ["ann", "bob"] {
            let report = try await bench.responder.runPlaybook("shield", context: ["user": user])
            #expect(report.steps.filter { $0.outcome.kind == .refused }.isEmpty, "\(report.steps.map(\.outcome.message))")
        }
        let locked = try await bench.responder.runPlaybook("containment", context: ["user": "ann"])
        #expect(locked.outcome(of: .lockAccount)?.kind == .succeeded, "bob is under no lock, so ann may be")
        let last = try await bench.responder.runPlaybook("shield", context: ["user": "bob"])
        #expect(last.outcome(of: .revokeSessions)?.kind.isSuccess == true)
        let refused = try await bench.responder.runPlaybook("containment", context: ["user": "bob"])
        #expect(refused.outcome(of: .lockAccount)?.kind == .refused)
    }

    @Test func `of two administrators the first may be locked and the second may not, at the same moment too`() async throws {
        let bench = try Bench([.containment], configuration: .init(protected: ProtectedTargets(administrators: ["ann", "bob"])))
        let responder = bench.responder
        try await withThrowingDiscardingTaskGroup { group in
            for user in ["ann", "bob"] {
                group.addTask { _ = try await responder.runPlaybook("containment", context: ["user": user]) }
            }
        }
        let locked = [bench.locks("ann"), bench.locks("bob")]
        #expect(locked.count { $0 } == 1)
    }

    @Test func `an administrator who is back can take over from the other`() async throws {
        let bench = try Bench([.containment], configuration: .init(protected: ProtectedTargets(administrators: ["ann", "bob"])))
        let first = try await bench.responder.runPlaybook("containment", context: ["user": "ann"])
        try await bench.responder.undo(first.incidentID, actor: "bob")
        try await bench.responder.runPlaybook("containment", context: ["user": "bob"])
        #expect(bench.locks("bob"))
    }

    @Test func `a custom action on the last administrator is refused although it plans nothing`() async throws {
        struct Freeze: SimpleAction {
            let name: ActionName = "freeze"
            let targetKind: Target.Kind? = .user
            func execute(in context: ResponseContext) async throws -> ActionResult { .success("frozen") }
        }
        let bench = try Bench(
            [Playbook("p", steps: [Step("freeze")])], actions: { _, _ in [Freeze()] },
            configuration: .init(protected: ProtectedTargets(administrators: ["ann"])))
        #expect(try await bench.responder.runPlaybook("p", context: ["user": "ann"]).story == ["freeze ann refused"])
        #expect(try await bench.responder.runPlaybook("p", context: ["user": "carol"]).story == ["freeze carol succeeded"])
    }

    @Test func `who became protected while something was in force on it is let go`() async throws {
        let bench = try Bench([.containment])
        try await bench.answer(anomaly("a"))
        let next = try Bench(
            [.containment], configuration: .init(protected: ProtectedTargets(networks: ["203.0.113.0/24"].compactMap { AddressRange($0) })),
            disk: bench.disk, clock: bench.clock)
        try await next.responder.drain()
        #expect(!next.blocks("203.0.113.9"))
        #expect(try await next.effects([.active]).isEmpty)
    }

    @Test func `who is protected is asked for again, as addresses and groups change`() async throws {
        let bench = try Bench(
            [.containment],
            configuration: .init(refreshProtected: { ProtectedTargets(proxies: ["203.0.113.9"].compactMap { AddressRange($0) }) }))
        #expect(try await bench.answer(anomaly("a")).first?.story.first == "block_ip 203.0.113.9 refused")
    }
}
