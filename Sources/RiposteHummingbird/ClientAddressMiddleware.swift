internal import HTTPTypes
public import Hummingbird
public import Riposte

/// Finds out where a request comes from, and notes it in the context as ``RequestSecurity/address``. The first of Riposte's
/// middlewares.
///
/// Without proxies that is the other end of the connection, and no header is read. With them it is whom the last proxy that can be
/// believed has seen: see `TrustedProxies`. Declare the same proxies in `ProtectedTargets/proxies` of the responder, so that
/// none of them is ever banned.
public struct ClientAddressMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    private let proxies: TrustedProxies
    private let name: HTTPField.Name?

    /// - Parameter proxies: who stands in front of this server; by default nobody, and no header is read.
    public init(_ proxies: TrustedProxies = TrustedProxies()) {
        self.proxies = proxies
        name = HTTPField.Name(proxies.header.rawValue)
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.security.address = address(request, context.security.peer)
        return try await next(request, context)
    }

    private func address(_ request: Request, _ peer: IPAddress?) -> IPAddress? {
        guard let name, !proxies.networks.isEmpty else { return peer }
        return proxies.client(of: peer, request.headers[values: name])
    }
}
