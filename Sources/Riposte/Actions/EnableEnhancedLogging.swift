/// Has everything that a user or an address does logged in more detail for a while.
public struct EnableEnhancedLogging: ReversibleAction, ProbingAction {
    public let name: ActionName = .enableEnhancedLogging
    /// It keeps nobody from anything.
    public let isInformative = true
    private let decisions: any DecisionLedger

    /// - Parameter decisions: where it is put in force; the responder's own.
    public init(decisions: any DecisionLedger) { self.decisions = decisions }

    public struct Parameters: ActionParameters {
        static let ip = Parameter.addressRange("ip", "The address, where it is not the run's.")
        static let level = Parameter.text("level", default: "debug", "The level: \(levels.joined(separator: ", ")).")
        static let levels = ["trace", "debug", "info"]
        public static let schema =
            [AccountParameters.user.description, ip.description, level.description] + Containment.schema(default: .minutes(60))

        var targets: [Target]
        var level: String
        var length: Containment

        public init(_ values: ParameterValues) throws {
            targets = [try values.optional(Self.ip).map(Target.address), try AccountParameters(values).target].compactMap(\.self)
            level = try values[Self.level]
            length = try Containment(values, default: .minutes(60))
            guard Self.levels.contains(level) else {
                throw ParameterError("“level” must be one of \(Self.levels.joined(separator: ", ")); got “\(level.prefix(40))”")
            }
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Logs what a user or an address does in more detail for a while.",
            discussion: """
                Where Riposte is embedded, requests of the user or address are logged at the level. The daemon keeps every event of \
                theirs as it came in the log channel “evidence”.
                """,
            reads: ["user", "ip"], writes: ["enhanced_logging"], undo: "logs as before",
            example: "{action: enable_enhanced_logging, level: debug, duration_minutes: 60}")
    }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        let targets = Self.targets(parameters, context)
        guard !targets.isEmpty else { throw MissingContext("user” or “ip") }
        return targets.map { target in
            PlannedEffect(
                kind: .enhancedLogging, target: target, terms: EffectTerms(level: parameters.level),
                expiresAt: parameters.length.end(from: context.now))
        }
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard !context.effects.isEmpty else { return .failure("nothing was planned") }
        var hasChanged = false
        for effect in context.effects where try await decisions.claim(effect) { hasChanged = true }
        let targets = context.effects.map(\.target)
        let text = "\(parameters.level) for \(targets.map(\.description).joined(separator: ", "))"
        return hasChanged
            ? .success("logging at \(text)", context: Self.written(targets))
            : .unchanged("logging already at \(text)", context: Self.written(targets))
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let targets = Self.targets(parameters, context)
        guard !targets.isEmpty else { throw MissingContext("user” or “ip") }
        return .success(
            "would log at \(parameters.level) for \(targets.map(\.description).joined(separator: ", "))", context: Self.written(targets))
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await decisions.release(effect)
            ? .success("logging as before for \(effect.target)") : .unchanged("others still want \(effect.target) logged, or it was not")
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await decisions.probe(effect) }

    /// Those that the step names, else all that the anomaly is about, else those of the context.
    private static func targets(_ parameters: Parameters, _ context: ResponseContext) -> [Target] {
        if !parameters.targets.isEmpty { return parameters.targets }
        if let targets = context.trigger.anomaly?.targets { return targets.all.filter { $0.kind != .session } }
        return [context[.ip].map(Target.address), context[.user].map { .user($0.id) }].compactMap(\.self)
    }

    private static func written(_ targets: [Target]) -> [String: any ContextValue] {
        ["enhanced_logging": targets.map(\.description)]
    }
}
