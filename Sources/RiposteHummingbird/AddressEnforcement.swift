internal import Hummingbird
internal import Logging
internal import Riposte

/// What is done about the address that a request comes from; shared by the middlewares that do it.
///
/// Nothing here is inlined, and what is seldom needed is a reference: what an asynchronous function keeps while it waits lies in memory of
/// the connection's own, which with many connections is in no cache when it is touched.
final class AddressEnforcement: Sendable {
    let security: EventReporter
    /// `nil` = the address is in the context already.
    let address: ClientAddress?
    /// Paths that are always answered.
    let exempt: Set<String>
    let throttle: RequestThrottle
    let clock: any WallClock
    private let references = ReferenceBook()

    init(
        _ security: EventReporter, behind proxies: TrustedProxies?, exempt: Set<String>, throttle: RequestThrottle, clock: any WallClock
    ) {
        self.security = security
        address = proxies.map(ClientAddress.init)
        self.exempt = exempt
        self.throttle = throttle
        self.clock = clock
    }

    /// Whom to ask about; `nil` = the request passes, whoever it is from.
    @inline(never) func client(of request: Request, _ known: RequestSecurity) -> IPAddress? {
        let client = address.map { $0.find(request, known) } ?? known.address
        return exempt.isEmpty || !exempt.contains(request.uri.path) ? client : nil
    }

    /// What is in force now.
    var moment: Moment { Moment(decided: security.decisions.snapshot, now: clock.now()) }

    /// What is decided of a client.
    final class Order: Sendable {
        let decision: Decision?
        let logLevel: String?

        init(_ decision: Decision?, logLevel: String?) {
            self.decision = decision
            self.logLevel = logLevel
        }
    }

    /// `nil` = nothing, as with most requests.
    @inline(never) func order(about client: IPAddress, _ moment: Moment) -> Order? {
        let isHeld = moment.decided.verdict(for: client, at: moment.now) != .pass
        let level = moment.decided.logLevel(for: client, at: moment.now)
        return isHeld || level != nil ? Order(moment.decided.decision(for: client, at: moment.now), logLevel: level) : nil
    }

    /// What becomes of a request.
    enum Outcome {
        case refuse(Response)
        /// It goes on, with what there is to tell of its rate.
        case goOn(RequestThrottle.Outcome?)
    }

    @inline(never) func obey(_ order: Order, _ request: Request, _ context: inout some SecuredRequestContext) -> Outcome {
        if let level = order.logLevel { context.log(at: level) }
        guard let decision = order.decision else { return .goOn(nil) }
        guard decision.type == .throttle else {
            return .refuse(.refusal(.forbidden, references.reference(for: decision, context.logger), to: request))
        }
        let outcome = throttle.take(decision.target, decision.terms?.rate ?? .standard, at: clock.now())
        guard !outcome.isAllowed else { return .goOn(outcome) }
        var response = Response.refusal(.tooManyRequests, references.reference(for: decision, context.logger), to: request)
        response.tell(outcome)
        return .refuse(response)
    }
}

/// What is in force at the time of a request.
struct Moment: Sendable {
    let decided: DecisionSnapshot
    let now: Timestamp
}
