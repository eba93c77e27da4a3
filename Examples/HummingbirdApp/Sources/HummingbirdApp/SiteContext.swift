import Hummingbird
import Logging
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

/// One line for each request, at debug, without the query: mailed links have a secret there.
struct RequestLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "from": "\(context.security.address?.description ?? "")",
            ])
        return try await next(request, context)
    }
}
