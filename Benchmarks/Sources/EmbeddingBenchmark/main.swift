// What Riposte's middlewares cost a Hummingbird server, with 10,300 decisions in force.
//   EmbeddingBenchmark PORT × 6   six servers in one process: see embedding.sh
//   EmbeddingBenchmark            a request's way through the router alone, without sockets and HTTP; with the name of a row that one alone
import Hummingbird
import Logging
import Riposte
import RiposteHummingbird
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#endif

let logger = {
    var logger = Logger(label: "bench")
    logger.logLevel = .error
    return logger
}()

let decisions = DecisionBoard()
let now = SystemClock().now()

func effect(_ name: String, _ kind: EffectKind, _ target: Target) -> Effect {
    Effect(
        id: EffectID(name), kind: kind, target: target, action: .blockIP, expiresAt: now + .hours(24), state: .active,
        incidentID: "inc-1", runID: "run-1", step: StepPath(0), playbook: "p", createdAt: now)
}
decisions.restore(
    (0..<10_000).map { effect("ban-\($0)", .ban, .address(AddressRange(IPAddress(v4: 0x0B00_0000 + UInt32($0))))) }
        + (0..<100).map {
            effect("net-\($0)", .ban, .address(AddressRange(IPAddress(v4: 0x0C00_0000 + UInt32($0) << 8), prefixLength: 24)))
        }
        + (0..<100).map { effect("lock-\($0)", .accountLock, .user("user-\($0)")) }
        + (0..<100).map { effect("end-\($0)", .sessionTerminated, .session("session-\($0)")) })
let responder = try IncidentResponder(playbooks: [], actions: [BlockIP(decisions: decisions)], decisions: decisions, logger: logger)
let security = EventReporter(to: responder)
let servers = Servers(security: security)
let nothing = Nothing<BasicSecuredRequestContext>()

func server<Context: RequestContext>(
    _ router: Router<Context>, _ port: Int
) -> Application<RouterResponder<Context>> where Context.Source == ApplicationRequestContextSource {
    Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
}

let ports = CommandLine.arguments.dropFirst().compactMap { Int($0) }
switch ports.count {
case 0:
    try await measureWay(only: CommandLine.arguments.dropFirst().first)
case 6:
    let services: [any Service] = [
        server(servers.without(), ports[0]), server(servers.with([nothing, nothing]), ports[1]),
        server(servers.with([servers.both()]), ports[2]), server(servers.sessionsWithout(), ports[3]),
        server(servers.sessionsInTwo(), ports[4]), server(servers.sessionsInOne(), ports[5]), responder, security,
    ]
    try await ServiceGroup(services: services, logger: logger).run()
default:
    print("usage: EmbeddingBenchmark [PORT PORT PORT PORT PORT PORT]")
    exit(2)
}
