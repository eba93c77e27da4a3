import Hummingbird
import Riposte
import RiposteHummingbird

/// The servers that are compared: all answer the same requests, the last three with who is signed in.
struct Servers {
    let security: EventReporter
    let sessions = SessionBook()
    private let proxies = TrustedProxies([AddressRange(IPAddress(v4: 0x7F00_0001))])

    /// As a server without Riposte would have it.
    func without() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/") { _, _ in "hello" }
        return router
    }

    /// The same with `middlewares` in front.
    func with(
        _ middlewares: [any MiddlewareProtocol<Request, Response, BasicSecuredRequestContext>]
    ) -> Router<BasicSecuredRequestContext> {
        let router = Router(context: BasicSecuredRequestContext.self)
        for middleware in middlewares { router.add(middleware: middleware) }
        router.get("/") { _, _ in "hello" }
        return router
    }

    func enforcement<Context: SecuredRequestContext>() -> EnforcementMiddleware<Context> {
        EnforcementMiddleware(security, behind: proxies)
    }

    /// Both in one, for somebody who is always signed in.
    func both() -> SecurityMiddleware<BasicSecuredRequestContext> {
        SecurityMiddleware(security, behind: proxies) { [alice] _, _ in alice }
    }

    func account() -> AccountMiddleware<BasicSecuredRequestContext> { AccountMiddleware(security) { [alice] _, _ in alice } }

    private let alice = SignedIn(user: "alice", session: "s-1", since: SystemClock().now())

    // MARK: - With sessions

    func sessionsWithout() -> Router<PlainContext> { greeting([SessionMiddleware(sessions: sessions)]) }

    func sessionsInOne() -> Router<SecuredContext> {
        greeting([
            SecurityMiddleware(security, behind: proxies) { [sessions] request, context in
                context.session = sessions.session(of: request)
                return context.session?.signedIn
            }
        ])
    }

    func sessionsInTwo() -> Router<SecuredContext> {
        greeting([
            enforcement(), SessionMiddleware(sessions: sessions), AccountMiddleware(security) { _, context in context.session?.signedIn },
        ])
    }

    private func greeting<Context: SessionContext>(_ middlewares: [any MiddlewareProtocol<Request, Response, Context>]) -> Router<Context> {
        let router = Router(context: Context.self)
        for middleware in middlewares { router.add(middleware: middleware) }
        router.get("/") { _, context in "hello \(context.session?.user ?? "nobody")" }
        return router
    }
}
