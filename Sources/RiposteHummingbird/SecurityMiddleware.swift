public import Hummingbird
public import Riposte

/// ``EnforcementMiddleware`` and ``AccountMiddleware`` in one, for the price of one: first what is decided of the address, then who is
/// signed in, then what is decided of the account and its session.
///
/// Whoever is banned costs no look at your sessions, but on exempt paths. It is told who is signed in by a closure, which may note in the context what else
/// it finds there; so it takes the place of a middleware for sessions as well:
///
/// ```swift
/// router.add(
///     middleware: SecurityMiddleware(security, behind: TrustedProxies(proxies)) { request, context in
///         context.session = sessions.session(of: request)
///         return context.session?.signedIn
///     })
/// ```
///
/// What is decided while the closure runs holds from the next request on; so does what is decided until the request's body has come, at the
/// client's leisure. Where that counts, read the body before. Where a middleware of somebody else's finds the session, take
/// the two apart and put it between them.
public struct SecurityMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    private let addresses: AddressEnforcement
    private let accounts: AccountEnforcement
    private let identify: AccountMiddleware<Context>.Identify

    /// - Parameters:
    ///   - proxies: who stands in front of the server, `TrustedProxies()` if nobody does; `nil` = the address is in the context already.
    ///   - exempt: paths on which the address is not looked at, such as those that a load balancer asks for health.
    ///   - pages: where a browser is led that may not go on where it was.
    ///   - locked: what becomes of the sessions of a locked account.
    ///   - identify: who is signed in; `nil` = nobody. What it throws ends the request.
    public init(
        _ security: EventReporter, behind proxies: TrustedProxies?, exempt: Set<String> = [],
        throttle: RequestThrottle = RequestThrottle(), pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn,
        clock: any WallClock = SystemClock(), identify: @escaping AccountMiddleware<Context>.Identify
    ) {
        addresses = AddressEnforcement(security, behind: proxies, exempt: exempt, throttle: throttle, clock: clock)
        accounts = AccountEnforcement(pages: pages, locked: locked)
        self.identify = identify
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let known = context.security
        let client = addresses.client(of: request, known)
        if let client, addresses.security.isBusy { await addresses.security.settle(client) }
        let moment = addresses.moment
        if let client, let order = addresses.order(about: client, moment) {
            return try await obey(order, moment, request, context, next)
        }
        var context = context
        let account = try await identify(request, &context)
        if let order = accounts.order(about: account, moment, request, known) {
            return try await accounts.obey(order, request, context, next)
        }
        return try await next(request, context)
    }

    @inline(never) private func obey(
        _ order: AddressEnforcement.Order, _ moment: Moment, _ request: Request, _ context: Context,
        _ next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let rate: RequestThrottle.Outcome?
        switch addresses.obey(order, request, &context) {
        case .refuse(let response): return response
        case .goOn(let outcome): rate = outcome
        }
        let account = try await identify(request, &context)
        let order = accounts.order(about: account, moment, request, context.security)
        let refusal = order.flatMap { accounts.refusal($0, request, &context) }
        var response = if let refusal { refusal } else { try await next(request, context) }
        if let rate { response.tell(rate) }
        return response
    }
}
