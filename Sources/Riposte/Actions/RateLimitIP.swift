/// Lets an address do less for a while.
public struct RateLimitIP: ReversibleAction, ProbingAction {
    public let name: ActionName = .rateLimitIP
    public let targetKind: Target.Kind? = .address
    private let decisions: any DecisionLedger
    private let isObeyed: Bool

    /// - Parameter isObeyed: whether something counts requests and asks Riposte, as the enforcement middleware does.
    public init(decisions: any DecisionLedger, isObeyed: Bool = false) {
        self.decisions = decisions
        self.isObeyed = isObeyed
    }

    public struct Parameters: ActionParameters {
        static let ip = Parameter.addressRange("ip", "The address, where it is not the run's.")
        static let limit = Parameter.count(
            "limit", in: 1...1_000_000, default: RateLimit.standard.limit, "Requests let through in a window.")
        static let window = Parameter.count(
            "window_seconds", in: 1...86_400, default: RateLimit.standard.windowSeconds, "How long a window is, in seconds.")
        public static let schema =
            [ip.description, limit.description, window.description] + Containment.schema(default: .minutes(60))

        var ip: AddressRange?
        var rate: RateLimit
        var length: Containment

        public init(_ values: ParameterValues) throws {
            ip = try values.optional(Self.ip)
            rate = RateLimit(try values[Self.limit], per: try values[Self.window])
            length = try Containment(values, default: .minutes(60))
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Lets an address do less for a while.",
            discussion: """
                Enforcement points that count requests let through the limit in each window and answer the rest with 429. Of several \
                limits on one address the strictest holds. A firewall cannot count requests: there it does nothing.
                """,
            reads: ["ip"], writes: ["rate_limited_ip", "rate_limit_enforced", "expires_at"], undo: "lifts the limit",
            example: "{action: rate_limit_ip, limit: 10, window_seconds: 60, duration_minutes: 60}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.ip.map(Target.address) }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [
            PlannedEffect(
                kind: .throttle, target: try target(context), terms: EffectTerms(rate: parameters.rate),
                expiresAt: parameters.length.end(from: context.now))
        ]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        let hasChanged = try await decisions.claim(effect)
        let text = Self.text(effect.target, parameters.rate, effect.expiresAt)
        let note = isObeyed ? "" : "; nothing counts requests yet, so nothing obeys it"
        return hasChanged
            ? .success("limited \(text)\(note)", context: written(effect.target, effect.expiresAt))
            : .unchanged("limited already: \(text)\(note)", context: written(effect.target, effect.expiresAt))
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let (target, end) = (try target(context), context.effects.first?.expiresAt ?? parameters.length.end(from: context.now))
        return .success("would limit " + Self.text(target, parameters.rate, end), context: written(target, end))
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await decisions.release(effect)
            ? .success("lifted the limit on \(effect.target)") : .unchanged("others still want \(effect.target) limited, or it was not")
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await decisions.probe(effect) }

    private func target(_ context: ResponseContext) throws -> Target {
        guard let target = context.target, target.kind == .address else { throw MissingContext("ip") }
        return target
    }

    private static func text(_ target: Target, _ rate: RateLimit, _ end: Timestamp?) -> String {
        "\(target) to \(rate) " + (end.map { "until \($0.toTheSecond)" } ?? "for good")
    }

    private func written(_ target: Target, _ end: Timestamp?) -> [String: any ContextValue] {
        ["rate_limited_ip": target.value, "rate_limit_enforced": isObeyed, "expires_at": end?.contextValue ?? JSONValue.null]
    }
}
