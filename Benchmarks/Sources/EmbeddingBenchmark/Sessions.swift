import Hummingbird
import Riposte
import RiposteHummingbird
import Synchronization

/// Who is signed in with a cookie.
struct Session: Sendable {
    var user: String
    var id: String
    var since: Timestamp
    var signedIn: SignedIn { SignedIn(user: user, session: id, since: since) }
}

/// As an application keeps its sessions: 10,000 of them, in memory.
final class SessionBook: Sendable {
    private let sessions: Mutex<[String: Session]>

    init() {
        let began = SystemClock().now()
        sessions = Mutex(
            (0..<10_000).reduce(into: [:]) { $0["cookie-\($1)"] = Session(user: "user-\($1)", id: "session-\($1)", since: began) })
    }

    func session(of request: Request) -> Session? {
        request.cookies["session"].flatMap { cookie in sessions.withLock { $0[cookie.value] } }
    }
}

protocol SessionContext: RequestContext {
    var session: Session? { get set }
}

/// The context of a server with sessions and without Riposte.
struct PlainContext: SessionContext {
    var coreContext: CoreRequestContextStorage
    var session: Session?

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// The context of a server with sessions and with Riposte.
struct SecuredContext: SessionContext, SecuredRequestContext {
    var coreContext: CoreRequestContextStorage
    var security: RequestSecurity
    var session: Session?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        security = RequestSecurity(source: source)
    }
}

/// What an application with sessions has anyhow.
struct SessionMiddleware<Context: SessionContext>: RouterMiddleware {
    let sessions: SessionBook

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var context = context
        context.session = sessions.session(of: request)
        return try await next(request, context)
    }
}
