// What one request asks of Riposte: how long each question takes, and how often memory is asked for. 10,000 addresses are banned.
//   swift run -c release RequestBenchmark
// Allocations are counted, not guessed: malloc and its relatives are this process's own, with a counter in front (CAllocations).
import CAllocations
import Riposte

let now = SystemClock().now()
let decisions = DecisionBoard()

func decide(_ kind: EffectKind, _ target: Target, _ terms: EffectTerms? = nil) -> Effect {
    Effect(
        id: EffectID("eff-\(kind)-\(target)"), kind: kind, target: target, action: .blockIP, terms: terms, expiresAt: now + .hours(24),
        state: .active, incidentID: "inc-1", runID: "run-1", step: StepPath(0), playbook: "p", createdAt: now)
}

func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }

decisions.restore(
    (0..<10_000).map { decide(.ban, .address(AddressRange(IPAddress(v4: 0x0B00_0000 + UInt32($0))))) }
        + (0..<1000).map { decide(.accountLock, .user("user\($0)@example.org")) }
        + [
            decide(.throttle, .address(AddressRange(address("203.0.113.9")))), decide(.sessionTerminated, .session("s-0123456789ab")),
            decide(.enhancedLogging, .address(AddressRange(address("198.51.100.1"))), EffectTerms(level: "debug")),
        ])
let security = EventReporter(to: try IncidentResponder(playbooks: [], actions: [BlockIP(decisions: decisions)], decisions: decisions))
let snapshot = decisions.snapshot

// MARK: - Measuring

/// Nothing that is computed may be left out.
nonisolated(unsafe) var sink = 0

func show(_ name: String, _ times: Int, _ before: Int, _ took: Duration) {
    let allocated = Double(allocations() - before) / Double(times)
    let each = Double(took.components.seconds) * 1e9 + Double(took.components.attoseconds) / 1e9
    print("\(name)\t\((each / Double(times) * 10).rounded() / 10) ns\t\((allocated * 1000).rounded() / 1000) allocations")
}

@inline(never) func measure(_ name: String, times: Int = 1_000_000, _ body: () -> Int) {
    for _ in 0..<times / 10 { sink &+= body() }
    let (before, start) = (allocations(), ContinuousClock.now)
    for _ in 0..<times { sink &+= body() }
    show(name, times, before, ContinuousClock.now - start)
}

let (stranger, banned, throttled) = (address("192.0.2.1"), address("11.0.0.77"), address("203.0.113.9"))
let six = address("2001:db8:1:2::3")
let (name, locked, session) = ("alice.of.a.long.name@example.org", "user77@example.org", "s-0123456789ab")

measure("for comparison: an array of what was not known before") { Array(repeating: sink, count: 4 + sink & 1).count }
measure("the snapshot is taken") { Int(decisions.snapshot.version) }
measure("an address that is free") { snapshot.verdict(for: stranger, at: now) == .pass ? 1 : 0 }
measure("an address of IPv6 that is free") { snapshot.verdict(for: six, at: now) == .pass ? 1 : 0 }
measure("an address that is banned") { snapshot.verdict(for: banned, at: now) == .ban ? 1 : 0 }
measure("the decision on an address that is throttled") { snapshot.decision(for: throttled, at: now) == nil ? 0 : 1 }
measure("an account that is free") { snapshot.verdict(for: name, at: now).lockedUntil == nil ? 1 : 0 }
measure("an account that is locked") { snapshot.verdict(for: locked, at: now).lockedUntil == nil ? 0 : 1 }
measure("a session that was ended") { snapshot.hasEnded(session: session, at: now) ? 1 : 0 }
measure("the log level of an address") { snapshot.logLevel(for: stranger, at: now) == nil ? 1 : 0 }

do {
    for _ in 0..<1000 { await security.settle(stranger) }
    let (before, start) = (allocations(), ContinuousClock.now)
    for _ in 0..<1_000_000 { await security.settle(stranger) }
    show("settled, with nothing open", 1_000_000, before, ContinuousClock.now - start)
}

// MARK: - Headers

let proxies = TrustedProxies([AddressRange(address("10.0.0.1"))])
let forwarded = TrustedProxies([AddressRange(address("10.0.0.1"))], header: .forwarded)
let peer = address("10.0.0.1")
let size = 8192

func header(_ name: String, _ proxies: TrustedProxies, _ text: String, times: Int = 100_000) {
    let lines = [text]
    measure("\(proxies.header.rawValue): \(name)", times: times) { Int(proxies.client(of: peer, lines)?.v4 ?? 0) }
}

header("one address", proxies, "203.0.113.9")
header("three addresses", proxies, "192.0.2.1, 198.51.100.1, 203.0.113.9")
header("one address", forwarded, "for=203.0.113.9;proto=https;by=10.0.0.1")
header("8 KiB of commas", proxies, String(repeating: ",", count: size))
header("8 KiB of commas, then an address", proxies, String(repeating: ",", count: size) + "203.0.113.9")
header("8 KiB of our own proxy", proxies, String(repeating: "10.0.0.1,", count: size / 9) + "10.0.0.1")
header("8 KiB of one word", proxies, String(repeating: "1", count: size))
header("8 KiB of blanks, then an address", proxies, String(repeating: " ", count: size) + "203.0.113.9")
header("8 KiB of commas", forwarded, String(repeating: ",", count: size))
header("8 KiB of quotes", forwarded, String(repeating: "\"", count: size))
header("8 KiB of backslashes and a quote", forwarded, String(repeating: "\\", count: size) + "\"")
header("8 KiB of semicolons", forwarded, String(repeating: ";", count: size))
header("8 KiB of for=x;", forwarded, String(repeating: "for=x;", count: size / 6))
if sink == 0 { print("nothing was computed") }
