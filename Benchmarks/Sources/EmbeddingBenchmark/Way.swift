import Hummingbird
import NIOCore
import NIOEmbedded
import RiposteHummingbird

/// A middleware that does nothing: what Hummingbird itself takes for one.
struct Nothing<Context>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        try await next(request, context)
    }
}

/// Times what comes between a parsed request and its response: the context, the middlewares and the route.
///
/// - Parameter only: the one to take, for a profiler; `nil` = each of them.
func measureWay(only: String? = nil) async throws {
    let channel = NIOAsyncTestingChannel()
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 40_000)).get()
    let ways: [(String, @Sendable () async throws -> Void)] = [
        ("without", way(servers.without(), channel)),
        ("with the context alone", way(servers.with([]), channel)),
        ("with one that does nothing", way(servers.with([nothing]), channel)),
        ("with two that do nothing", way(servers.with([nothing, nothing]), channel)),
        ("with Riposte in one", way(servers.with([servers.both()]), channel)),
        ("with Riposte in two", way(servers.with([servers.enforcement(), servers.account()]), channel)),
        ("sessions, without", way(servers.sessionsWithout(), channel)),
        ("sessions, with Riposte in one", way(servers.sessionsInOne(), channel)),
        ("sessions, with Riposte in two", way(servers.sessionsInTwo(), channel)),
    ]
    if let only = ways.first(where: { $0.0 == only }) {
        for _ in 0..<200 { print("\(Int(try await nanoseconds(of: only.1))) ns") }
        return
    }
    var took = [[Double]](repeating: [], count: ways.count)
    for _ in 0..<31 { for (index, way) in ways.enumerated() { took[index].append(try await nanoseconds(of: way.1)) } }
    for (index, way) in ways.enumerated() {
        let sorted = took[index].sorted()
        print("\(way.0)\t\(Int(sorted[sorted.count / 2])) ns\t\(Int(sorted[0]))…\(Int(sorted[sorted.count - 1]))")
    }
}

private func way<Context: RequestContext>(
    _ router: Router<Context>, _ channel: NIOAsyncTestingChannel
) -> @Sendable () async throws -> Void where Context.Source == ApplicationRequestContextSource {
    let responder = router.buildResponder()
    let head = HTTPRequest(
        method: .get, scheme: "http", authority: "127.0.0.1", path: "/",
        headerFields: [.init("X-Forwarded-For")!: "198.51.100.1, 203.0.113.9", .cookie: "session=cookie-7777"])
    return {
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        _ = try await responder.respond(
            to: request, context: Context(source: ApplicationRequestContextSource(channel: channel, logger: logger)))
    }
}

private func nanoseconds(of way: () async throws -> Void) async throws -> Double {
    let count = 10_000
    let clock = ContinuousClock()
    let began = clock.now
    for _ in 0..<count { try await way() }
    return Double((clock.now - began).components.attoseconds) / 1e9 / Double(count)
}
