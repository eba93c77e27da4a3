public import Riposte

/// A reversible action on a ``World``: holds a target for a while, and lets it go.
public struct WorldAction: ReversibleAction, ProbingAction {
    /// Where a test can step in, or stop the process.
    public enum Moment: Sendable {
        case beforeTouch(ResponseContext)
        case afterTouch(ResponseContext)
        case beforeUndo(Effect)
        case afterUndo(Effect)
    }

    public struct Parameters: ActionParameters {
        static let minutes = Parameter.minutes("minutes", default: .minutes(30), "How long it holds.")
        public static let schema = [minutes.description]
        public var length: Duration
        public init(_ values: ParameterValues) throws { length = try values[Self.minutes] }
    }

    public static let kind: EffectKind = "world.hold"
    public let name: ActionName
    public let targetKind: Target.Kind?
    private let world: World
    private let canProbe: Bool
    private let hook: @Sendable (Moment) async throws -> Void

    /// - Parameters:
    ///   - canProbe: `false` = it answers ``Probe/unknown`` when asked what is there.
    ///   - hook: called around each touch; what it throws, the action throws.
    public init(
        _ name: ActionName = "hold", in world: World, targetKind: Target.Kind = .address, canProbe: Bool = true,
        hook: @escaping @Sendable (Moment) async throws -> Void = { _ in }
    ) {
        self.name = name
        self.world = world
        self.targetKind = targetKind
        self.canProbe = canProbe
        self.hook = hook
    }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        guard let target = context.target else { throw MissingContext("target") }
        let inverse: JSONValue = ["key": .string(context.idempotencyKey)]
        return [PlannedEffect(kind: Self.kind, target: target, inverse: inverse, expiresAt: context.now + parameters.length)]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        try await hook(.beforeTouch(context))
        do {
            let hasChanged = try world.hold(effect.target, owner: effect.id.rawValue, action: name, key: context.idempotencyKey)
            try await hook(.afterTouch(context))
            let written = ["held": effect.target.description]
            return hasChanged ? .success("holds \(effect.target)", context: written) : .unchanged("held already", context: written)
        } catch let failure as WorldFailure {
            return .failure("\(failure)", kind: .transient)
        }
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let target = context.target else { throw MissingContext("target") }
        return .success("would hold \(target)", context: ["held": target.description])
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await hook(.beforeUndo(effect))
        let key = effect.inverse["key"]?.string ?? ""
        let hasChanged = try world.letGo(effect.target, owner: effect.id.rawValue, action: name, key: key)
        try await hook(.afterUndo(effect))
        return hasChanged ? .success("let \(effect.target) go") : .unchanged("it was not held by this")
    }

    public func probe(_ effect: Effect) async throws -> Probe {
        guard canProbe else { return .unknown }
        return world.isHeld(effect.target, by: effect.id.rawValue) ? .inForce : .absent
    }
}
