import Riposte
import RiposteTesting
import Testing

@testable import RiposteHost

/// Root's side, with an enforcer in memory.
private struct Bench {
    let enforcer = RecordingEnforcer()

    func ask(_ verb: HelperRequest.Verb, store: String = "/var/lib/riposte/riposte.db") async -> HelperReply {
        let desk = HelperDesk(
            enforcer: { [enforcer] _ in enforcer },
            protected: {
                ProtectedTargets(
                    networks: ["192.0.2.0/24"].compactMap { AddressRange($0) }, ownAddresses: ["198.51.100.50"].compactMap { IPAddress($0) }
                )
            })
        return await desk.answer(HelperRequest(store: store, verb: verb))
    }
}

private func ban(_ text: String, until: Timestamp? = nil) throws -> HelperBan {
    HelperBan(range: try #require(AddressRange(text)), until: until)
}

@Suite struct `root's helper` {
    @Test func `carries bans out, renews them, lifts them and takes all away`() async throws {
        let bench = Bench()
        let (one, two) = (try ban("203.0.113.9"), try ban("2001:db8:bad::/64", until: Timestamp(microseconds: 1_000_000)))
        #expect(await bench.ask(.apply([one, two], lifting: [])) == .done)
        #expect(bench.enforcer.inForce.map(\.target.description) == ["2001:db8:bad::/64", "203.0.113.9"])
        #expect(bench.enforcer.inForce.map(\.until) == [Timestamp(microseconds: 1_000_000), nil])
        #expect(await bench.ask(.compare([one])) == .drift(EnforcementDrift(surplus: 1)))
        #expect(await bench.ask(.apply([], lifting: [two.range])) == .done)
        #expect(await bench.ask(.compare([one])) == .drift(EnforcementDrift()))
        #expect(await bench.ask(.remove) == .removed(true))
        #expect(await bench.ask(.remove) == .removed(false))
    }

    @Test(arguments: [
        "127.0.0.1", "::1", "198.51.100.50", "198.51.100.0/24", "192.0.2.7", "192.0.0.0/16", "0.0.0.0/0", "::/0", "2001:db8::/32",
    ])
    func `refuses what would cut this machine off, whoever asks, and does none of that request`(target: String) async throws {
        let bench = Bench()
        let reply = await bench.ask(.apply([try ban("203.0.113.9"), try ban(target)], lifting: []))
        guard case .refused = reply else { throw Unexpected(reply) }
        #expect(bench.enforcer.calls.isEmpty)
    }

    @Test func `passes over what it refuses where everything is put right, and says so`() async throws {
        let bench = Bench()
        let reply = await bench.ask(.reconcile([try ban("203.0.113.9"), try ban("127.0.0.1")]))
        guard case .drift(let drift) = reply else { throw Unexpected(reply) }
        #expect(drift.missing == 2)
        #expect(drift.structure == ["the helper refuses it: 127.0.0.1 is this machine's loopback"])
        #expect(bench.enforcer.inForce.map(\.target.description) == ["203.0.113.9"])
    }

    @Test func `says what its firewall says`() async throws {
        let bench = Bench()
        bench.enforcer.failing(EnforcementError("no memory", kind: .transient))
        #expect(await bench.ask(.apply([try ban("203.0.113.9")], lifting: [])) == .failed("no memory", .transient))
        #expect(await bench.ask(.probe) == .done)
    }

    @Test func `takes no store that is not named by its whole path`() async throws {
        #expect(await Bench().ask(.remove, store: "riposte.db") == .refused("a store is named by its absolute path"))
    }
}

private struct Unexpected: Error {
    let reply: HelperReply
    init(_ reply: HelperReply) { self.reply = reply }
}
