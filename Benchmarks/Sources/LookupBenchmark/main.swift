// Is this address blocked? Asked of a snapshot in which a million addresses and ten thousand networks are banned.
//   swift run -c release LookupBenchmark [ADDRESSES] [NETWORKS] [LOOK-UPS]
// Each look-up is timed in groups of 100, so that the clock's own cost does not show; half of the addresses are banned.
import Riposte

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let (addresses, networks) = (arguments.first ?? 1_000_000, arguments.dropFirst().first ?? 10_000)
let lookups = arguments.dropFirst(2).first ?? 1_000_000
let now = SystemClock().now()

/// The n-th attacker: spread over the upper half of the IPv4 space, one in eight an IPv6 /64.
func attacker(_ number: Int) -> AddressRange {
    let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    guard !number.isMultiple(of: 8) else {
        return AddressRange(IPAddress(high: 0x2001_0DB8_0000_0000 | mixed >> 32, low: 0), prefixLength: 64)
    }
    return AddressRange(IPAddress(v4: 0x8000_0000 | UInt32(truncatingIfNeeded: mixed >> 32)))
}

func effect(_ number: Int, _ range: AddressRange) -> Effect {
    Effect(
        id: EffectID("eff-\(number)"), kind: .ban, target: .address(range), action: .blockIP, expiresAt: now + .hours(1),
        incidentID: "inc-1",
        runID: "run-1", step: StepPath(0), playbook: "p", createdAt: now)
}

let board = DecisionBoard()
let clock = ContinuousClock()
let built = clock.measure {
    var effects = (0..<addresses).map { effect($0, attacker($0)) }
    let lengths = [24, 22, 20, 16]
    for number in 0..<networks {
        let address = IPAddress(v4: UInt32(truncatingIfNeeded: (UInt64(number) &* 0xD6E8_FEB8_6659_FD93) >> 32))
        effects.append(effect(addresses + number, AddressRange(address, prefixLength: lengths[number % lengths.count])))
    }
    board.restore(effects)
}
let snapshot = board.snapshot
let asked = (0..<lookups).map { number in
    number.isMultiple(of: 2)
        ? attacker((number &* 7919) % addresses).network
        : IPAddress(v4: UInt32(truncatingIfNeeded: (UInt64(number) &* 0xA24B_AED4_963E_E407) >> 30))
}

var groups: [Double] = []
var banned = 0
for start in stride(from: 0, to: asked.count, by: 100) {
    let took = clock.measure {
        for address in asked[start..<start + 100] where snapshot.verdict(for: address, at: now) == .ban { banned += 1 }
    }
    groups.append(Double(took.components.attoseconds) / 1e9 / 100)
}
groups.sort()

// A change while somebody holds the snapshot, as it is in a server.
var changes: [Double] = []
for number in 0..<1000 {
    let held = board.snapshot
    let took = try await clock.measure { _ = try await board.claim(effect(addresses + networks + number, attacker(addresses + number))) }
    changes.append(Double(took.components.attoseconds) / 1e12)
    withExtendedLifetime(held) {}
}
changes.sort()

func line(_ name: String, _ values: [Double], _ unit: String) {
    func at(_ share: Double) -> Double { (values[min(values.count - 1, Int(Double(values.count) * share))] * 10).rounded() / 10 }
    print("\(name)\tp50 \(at(0.5)) \(unit)\tp99 \(at(0.99)) \(unit)\tmax \(at(1)) \(unit)")
}
print("\(snapshot.count) decisions, restored in \(built); \(banned) of \(asked.count) addresses banned")
line("look-up", groups, "ns")
line("change beside a held snapshot", changes, "us")
