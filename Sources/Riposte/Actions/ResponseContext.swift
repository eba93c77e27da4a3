public import Logging

/// What an action sees of its run: the values gathered so far, whom this step is about, and who is asking.
///
/// A value: writing to it goes through ``ActionResult/context``, which later actions of the run see.
public struct ResponseContext: Sendable {
    /// The JSON tree: what the trigger brought, and what each earlier action wrote.
    public var values: [String: JSONValue]
    /// Whom this execution is about; `nil` for an action that declares no target.
    public var target: Target?
    /// What started the run.
    public var trigger: RunTrigger
    /// The incident that the run belongs to.
    public var incidentID: IncidentID
    /// The run, the same over a restart.
    public var runID: RunID
    /// Which execution of which step this is.
    public var step: StepPath
    /// From 1. A step that may have been cut short by a crash says 2 and carries the same ``idempotencyKey``.
    public var attempt: Int
    /// The effects that the engine has journaled for this execution, as `effects(_:in:)` planned them.
    public var effects: [Effect]
    /// Now, by the engine's clock: what durations are counted from.
    public var now: Timestamp
    /// When the first attempt at this step began, also where a stop lies in between.
    public var startedAt: Timestamp
    /// Carries run, incident and step.
    public var logger: Logger

    /// - Parameter startedAt: `nil` = now.
    public init(
        values: [String: JSONValue], target: Target? = nil, trigger: RunTrigger, incidentID: IncidentID, runID: RunID, step: StepPath,
        attempt: Int = 1, effects: [Effect] = [], now: Timestamp, startedAt: Timestamp? = nil, logger: Logger
    ) {
        self.values = values
        self.target = target
        self.trigger = trigger
        self.incidentID = incidentID
        self.runID = runID
        self.step = step
        self.attempt = attempt
        self.effects = effects
        self.now = now
        self.startedAt = startedAt ?? now
        self.logger = logger
    }

    /// The same for every attempt of the same step of the same run: what outside systems need to do a thing once.
    public var idempotencyKey: String { "\(runID):\(step)" }

    /// Whether the step is about an account that was taken over, which is evidence that locking it helps its owner.
    public var hasTakeoverEvidence: Bool { trigger.anomaly?.isTakeover ?? false }

    /// The value under `key`; `nil` where there is none of that shape.
    public subscript<Value>(_ key: ContextKey<Value>) -> Value? { values[key.name].flatMap(key.read) }

    /// The value under a plain name.
    public subscript(_ name: String) -> JSONValue? { values[name] }

    /// The value under `key`, or a failure that names what is missing.
    public func require<Value>(_ key: ContextKey<Value>) throws -> Value {
        guard let value = self[key] else { throw MissingContext(key.name) }
        return value
    }
}
