public import Hummingbird
public import Riposte

/// Obeys what is decided of addresses: a ban is answered with 403, a throttle with 429 once its rate is used up, and everything
/// else passes. Comes before everything that costs anything.
///
/// - Told of the proxies in front of the server, if only that there are none (`TrustedProxies()`), it finds out the client's address
///   and notes it in the context, as ``ClientAddressMiddleware`` does. Otherwise it takes the address that it finds there.
/// - What is in force is asked in memory, in a snapshot that never changes: nothing is locked while a request waits, the store is not
///   asked, and the look-up allocates nothing.
/// - A request waits only where something that its own client has just done is still being answered, at most for the
///   reporter's patience; so the request after the tenth wrong password meets the ban.
/// - Before the responder has read its store, and where no address is known, requests pass: a server that serves is worth more than
///   one that refuses everybody. To keep the door shut until then, let the server start after `responder.recover()`.
/// - Who is on the allowlist or protected is left alone by the responder: no decision ever covers them.
///
/// A refusal says nothing of why. Its reference is made at random, and the log tells what it stands for.
///
/// Where nothing has to come between this and ``AccountMiddleware``, ``SecurityMiddleware`` is both for the price of one.
public struct EnforcementMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    private let addresses: AddressEnforcement

    /// - Parameters:
    ///   - proxies: who stands in front of the server; `nil` = the address is in the context already.
    ///   - exempt: paths that are always answered, such as those that a load balancer asks for health.
    public init(
        _ security: EventReporter, behind proxies: TrustedProxies? = nil, exempt: Set<String> = [],
        throttle: RequestThrottle = RequestThrottle(), clock: any WallClock = SystemClock()
    ) {
        addresses = AddressEnforcement(security, behind: proxies, exempt: exempt, throttle: throttle, clock: clock)
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let client = addresses.client(of: request, context.security) else { return try await next(request, context) }
        if addresses.security.isBusy { await addresses.security.settle(client) }
        if let order = addresses.order(about: client, addresses.moment) { return try await obey(order, request, context, next) }
        return try await next(request, context)
    }

    @inline(never) private func obey(
        _ order: AddressEnforcement.Order, _ request: Request, _ context: Context,
        _ next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        switch addresses.obey(order, request, &context) {
        case .refuse(let response): return response
        case .goOn(let rate):
            var response = try await next(request, context)
            if let rate { response.tell(rate) }
            return response
        }
    }
}
