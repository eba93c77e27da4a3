/// Bans an address or network for a while.
public struct BlockIP: ReversibleAction, ProbingAction {
    public let name: ActionName = .blockIP
    public let targetKind: Target.Kind? = .address
    private let decisions: any DecisionLedger

    /// - Parameter decisions: where the ban is put in force; the responder's own, or it obeys nothing.
    public init(decisions: any DecisionLedger) { self.decisions = decisions }

    public struct Parameters: ActionParameters {
        static let ip = Parameter.addressRange("ip", "The address to ban, where it is not the run's.")
        static let cidr = Parameter.addressRange(
            "cidr", "The network to ban, at most a /24 or /48. A network is never taken from an event.")
        public static let schema = [ip.description, cidr.description] + Containment.schema(default: .minutes(60))

        /// The address or network that the step names; `nil` = the run's.
        public var target: AddressRange?
        /// How long it holds; 60 minutes where the step says nothing.
        public var length: Containment

        public init(_ values: ParameterValues) throws {
            let ip = try values.optional(Self.ip)
            let cidr = try values.optional(Self.cidr)
            guard ip == nil || cidr == nil else { throw ParameterError("give “ip” or “cidr”, not both") }
            target = ip ?? cidr
            length = try Containment(values, default: .minutes(60))
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Bans an address or network for a while.",
            discussion: """
                Puts a ban in force that every enforcement point obeys. A second ban of the same target extends the first and never \
                shortens it; the ban ends when the last playbook that wanted it is done. Protected targets are refused.
                """,
            reads: ["ip"], writes: ["blocked_ip", "block_id", "expires_at"], undo: "lifts the ban",
            example: "{action: block_ip, duration_minutes: 60}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.target.map(Target.address) }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [PlannedEffect(kind: .ban, target: try target(context), expiresAt: parameters.length.end(from: context.now))]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("no ban was planned") }
        let hasChanged = try await decisions.claim(effect)
        let written = Self.written(effect)
        let until = effect.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
        return hasChanged
            ? .success("\(Self.verb(effect)) \(effect.target) \(until)", context: written)
            : .unchanged("\(effect.target) is \(Self.verb(effect)) already, at least \(until)", context: written)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        if let effect = context.effects.first {
            return .success("\(effect.target) is \(Self.verb(effect))", context: Self.written(effect))
        }
        let target = try target(context)
        let end = parameters.length.end(from: context.now)
        return .success("would ban \(target) " + (end.map { "until \($0.toTheSecond)" } ?? "for good"), context: Self.written(target, end))
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await decisions.release(effect)
            ? .success("lifted the \(effect.kind) on \(effect.target)")
            : .unchanged("others still want \(effect.target) \(Self.verb(effect)), or it was not")
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await decisions.probe(effect) }

    private func target(_ context: ResponseContext) throws -> Target {
        guard let target = context.target, target.kind == .address else { throw MissingContext("ip") }
        return target
    }

    /// The guard makes a throttle of a ban that would hit many.
    private static func verb(_ effect: Effect) -> String { effect.kind == .throttle ? "throttled" : "banned" }

    private static func written(_ effect: Effect) -> [String: any ContextValue] {
        written(effect.target, effect.expiresAt).merging(["block_id": effect.id.rawValue]) { _, new in new }
    }

    private static func written(_ target: Target, _ end: Timestamp?) -> [String: any ContextValue] {
        ["blocked_ip": target.value, "expires_at": end?.contextValue ?? JSONValue.null]
    }
}
