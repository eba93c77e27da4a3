public import Hummingbird
public import Riposte

/// Finds out where a request comes from, and notes it in the context as ``RequestSecurity/address``: for servers that want to know
/// it before, or without, ``SecurityMiddleware`` or ``EnforcementMiddleware``. Those find it out by themselves where they are told of the
/// proxies, and so must be told `nil` where this comes before them.
///
/// Without proxies that is the other end of the connection, and no header is read. With them it is whom the last proxy that can be
/// believed has seen: see `TrustedProxies`. Declare the same proxies in `ProtectedTargets/proxies` of the responder, so that
/// none of them is ever banned.
public struct ClientAddressMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    private let address: ClientAddress

    /// - Parameter proxies: who stands in front of this server; by default nobody, and no header is read.
    public init(_ proxies: TrustedProxies = TrustedProxies()) { address = ClientAddress(proxies) }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        _ = address.find(request, context.security)
        return try await next(request, context)
    }
}
