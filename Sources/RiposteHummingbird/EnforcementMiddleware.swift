internal import HTTPTypes
public import Hummingbird
internal import Logging
public import Riposte

/// Obeys what is decided of addresses: a ban is answered with 403, a throttle with 429 once its rate is used up, and everything
/// else passes. Comes after ``ClientAddressMiddleware`` and before everything that costs anything.
///
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
    private let exempt: Set<String>
    private let throttle: RequestThrottle
    private let references = ReferenceBook()
    private let clock: any WallClock

    /// - Parameter exempt: paths that are always answered, such as those that a load balancer asks for health.
    public init(
        _ security: EventReporter, exempt: Set<String> = [], throttle: RequestThrottle = RequestThrottle(),
        clock: any WallClock = SystemClock()
    ) {
        self.security = security
        self.exempt = exempt
        self.throttle = throttle
        self.clock = clock
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let address = context.security.address, exempt.isEmpty || !exempt.contains(request.uri.path) else {
            return try await next(request, context)
        }
        await security.settle(address)
        var context = context
        switch judge(address, &context) {
        case .pass: return try await next(request, context)
        case .refuse(let decision): return .refusal(.forbidden, references.reference(for: decision, context.logger), to: request)
        case .count(let decision):
            let outcome = throttle.take(decision.target, decision.terms?.rate ?? .standard, at: clock.now())
            guard outcome.isAllowed else {
                var response = Response.refusal(.tooManyRequests, references.reference(for: decision, context.logger), to: request)
                response.tell(outcome)
                return response
            }
            var response = try await next(request, context)
            response.tell(outcome)
            return response
        }
    }

    private enum Judgement {
        case pass
        case count(Decision)
        case refuse(Decision)
    }

    /// The snapshot is let go before the request goes on.
    private func judge(_ address: IPAddress, _ context: inout Context) -> Judgement {
        let (snapshot, now) = (security.decisions.snapshot, clock.now())
        guard !snapshot.isEmpty else { return .pass }
        if let level = snapshot.logLevel(for: address, at: now) { context.log(at: level) }
        let verdict = snapshot.verdict(for: address, at: now)
        guard verdict != .pass, let decision = snapshot.decision(for: address, at: now) else { return .pass }
        return verdict == .ban ? .refuse(decision) : .count(decision)
    }
}
