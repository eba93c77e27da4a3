import Hummingbird
import RiposteHummingbird

/// What is known of one request.
struct SiteContext: SecuredRequestContext {
    var coreContext: CoreRequestContextStorage
    var security: RequestSecurity
    /// The session that the browser's cookie names. Who is signed in tells `security.account`, because only there it is known
    /// that the session still holds.
    var session: Session?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        security = RequestSecurity(source: source)
    }
}

/// Finds the session of a request.
struct SessionMiddleware: RouterMiddleware {
    let sessions: SessionBook
    let cookie: String

    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.session = request.cookies[cookie].flatMap { sessions.session($0.value) }
        return try await next(request, context)
    }
}
