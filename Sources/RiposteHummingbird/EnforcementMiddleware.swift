public import Hummingbird
internal import Logging
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
public struct EnforcementMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    private let security: EventReporter
    private let address: ClientAddress?
    private let exempt: Set<String>
    private let throttle: RequestThrottle
    private let references = ReferenceBook()
    private let clock: any WallClock

    /// - Parameters:
    ///   - proxies: who stands in front of the server; `nil` = the address is in the context already.
    ///   - exempt: paths that are always answered, such as those that a load balancer asks for health.
    public init(
        _ security: EventReporter, behind proxies: TrustedProxies? = nil, exempt: Set<String> = [],
        throttle: RequestThrottle = RequestThrottle(),
        clock: any WallClock = SystemClock()
    ) {
        self.security = security
        address = proxies.map(ClientAddress.init)
        self.exempt = exempt
        self.throttle = throttle
        self.clock = clock
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let client = client(of: request, context) else { return try await next(request, context) }
        if security.isBusy { await security.settle(client) }
        // Most requests end here, and nothing of theirs was copied.
        guard let order = order(about: client) else { return try await next(request, context) }
        return try await obey(order, request, context, next)
    }

    /// Whom to ask about; `nil` = the request passes, whoever it is from.
    private func client(of request: Request, _ context: Context) -> IPAddress? {
        let known = context.security
        address?.find(request, known)
        return exempt.isEmpty || !exempt.contains(request.uri.path) ? known.address : nil
    }

    /// What is decided of a client.
    private struct Order {
        var decision: Decision?
        var logLevel: String?
    }

    private func order(about client: IPAddress) -> Order? {
        let (snapshot, now) = (security.decisions.snapshot, clock.now())
        let isHeld = snapshot.verdict(for: client, at: now) != .pass
        let level = snapshot.logLevel(for: client, at: now)
        return isHeld || level != nil ? Order(decision: snapshot.decision(for: client, at: now), logLevel: level) : nil
    }

    private func obey(
        _ order: Order, _ request: Request, _ context: Context, _ next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let level = order.logLevel { context.log(at: level) }
        guard let decision = order.decision else { return try await next(request, context) }
        guard decision.type == .throttle else {
            return .refusal(.forbidden, references.reference(for: decision, context.logger), to: request)
        }
        let outcome = throttle.take(decision.target, decision.terms?.rate ?? .standard, at: clock.now())
        var response =
            outcome.isAllowed
            ? try await next(request, context)
            : .refusal(.tooManyRequests, references.reference(for: decision, context.logger), to: request)
        response.tell(outcome)
        return response
    }
}
