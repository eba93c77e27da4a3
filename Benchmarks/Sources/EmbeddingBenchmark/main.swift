// Two servers in one process that answer the same request, one of them with all of Riposte's middlewares and 10,000 bans in force.
//   EmbeddingBenchmark PLAIN-PORT SECURED-PORT
import Hummingbird
import Logging
import Riposte
import RiposteHummingbird

#if canImport(Glibc)
import Glibc
#endif

let ports = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard ports.count == 2 else {
    print("usage: EmbeddingBenchmark PLAIN-PORT SECURED-PORT")
    exit(2)
}
let logger = {
    var logger = Logger(label: "bench")
    logger.logLevel = .error
    return logger
}()

let decisions = DecisionBoard()
let now = SystemClock().now()
for number in 0..<10_000 {
    let target = Target.address(AddressRange(IPAddress(v4: 0x0B00_0000 + UInt32(number))))
    let effect = Effect(
        id: EffectID("eff-\(number)"), kind: .ban, target: target, action: .blockIP, expiresAt: now + .hours(24), state: .active,
        incidentID: "inc-1", runID: "run-1", step: StepPath(0), playbook: "p", createdAt: now)
    _ = try await decisions.claim(effect)
}
let responder = try IncidentResponder(playbooks: [], actions: [BlockIP(decisions: decisions)], decisions: decisions, logger: logger)
let security = EventReporter(to: responder)
let began = now

func application(_ port: Int, isSecured: Bool) -> some ApplicationProtocol {
    let router = Router(context: BasicSecuredRequestContext.self)
    if isSecured {
        router.add(middleware: ClientAddressMiddleware(TrustedProxies([AddressRange(IPAddress(v4: 0x7F00_0001))])))
        router.add(middleware: EnforcementMiddleware(security))
        router.add(middleware: AccountMiddleware(security) { _, _ in SignedIn(user: "alice", session: "s-1", since: began) })
    }
    router.get("/") { _, _ in "hello" }
    return Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
        services: isSecured ? [responder, security] : [], logger: logger)
}

try await withThrowingDiscardingTaskGroup { group in
    group.addTask { try await application(ports[0], isSecured: false).runService() }
    group.addTask { try await application(ports[1], isSecured: true).runService() }
}
