// What Riposte's middlewares cost a Hummingbird server, with 10,300 decisions in force.
//   EmbeddingBenchmark PORT PORT PORT   three servers in one process that answer the same request: see embedding.sh
//   EmbeddingBenchmark                  a request's way through the router alone, without sockets and HTTP
import Hummingbird
import Logging
import Riposte
import RiposteHummingbird

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
let began = now

/// As a server without Riposte would have it.
func plainRouter() -> Router<BasicRequestContext> {
    let router = Router()
    router.get("/") { _, _ in "hello" }
    return router
}

/// The same with `middlewares` in front.
func router(with middlewares: [any MiddlewareProtocol<Request, Response, BasicSecuredRequestContext>]) -> Router<BasicSecuredRequestContext>
{
    let made = Router(context: BasicSecuredRequestContext.self)
    for middleware in middlewares { made.add(middleware: middleware) }
    made.get("/") { _, _ in "hello" }
    return made
}

let enforcement = EnforcementMiddleware<BasicSecuredRequestContext>(
    security, behind: TrustedProxies([AddressRange(IPAddress(v4: 0x7F00_0001))]))
let account = AccountMiddleware<BasicSecuredRequestContext>(security) { _, _ in SignedIn(user: "alice", session: "s-1", since: began) }

func server<Context: RequestContext>(
    _ router: Router<Context>, _ port: Int
) -> Application<RouterResponder<Context>> where Context.Source == ApplicationRequestContextSource {
    Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
}

let ports = CommandLine.arguments.dropFirst().compactMap { Int($0) }
// Without middlewares, with two that do nothing, with Riposte's two.
switch ports.count {
case 0:
    try await measureWay()
case 3:
    let plain = server(plainRouter(), ports[0])
    let idle = server(router(with: [Nothing(), Nothing()]), ports[1])
    var secured = server(router(with: [enforcement, account]), ports[2])
    secured.addServices(responder, security)
    try await withThrowingDiscardingTaskGroup { [secured] group in
        group.addTask { try await plain.runService() }
        group.addTask { try await idle.runService() }
        group.addTask { try await secured.runService() }
    }
default:
    print("usage: EmbeddingBenchmark [PORT PORT PORT]")
    exit(2)
}
