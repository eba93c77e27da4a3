import Hummingbird

/// Reads the form before anything is decided about its request: whoever begins many and sends their forms when it suits him is judged by
/// what is decided then.
struct WholeFormMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        _ = try await request.collectBody(upTo: FormGuard.longest)
        return try await next(request, context)
    }
}
