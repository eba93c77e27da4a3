/// What came of an action.
///
/// Success means that the action ran and did what it is for, a state that was already as wanted included
/// (``unchanged(_:context:)``). Failure means that it tried and could not: an error of an outside system, a missing piece
/// of context, a rule that forbids it.
public struct ActionResult: Sendable, Hashable {
    /// Whether it did what it is for. Decides, with the playbook's policy, whether the run goes on.
    public var success: Bool
    /// One sentence for people; never a secret.
    public var message: String
    /// What later actions of the same run see.
    public var context: [String: JSONValue]
    /// `nil` where it succeeded.
    public var failureKind: FailureKind?
    /// Whether the state was already as wanted.
    public var isUnchanged: Bool
    /// Whether it was so already and not by our doing: then it is never undone by us.
    public var isForeign = false
    /// How long to wait before the next attempt, where the other side has said so.
    public var retryAfter: Duration?
    /// When the same step is to be carried out again, because it is not over: neither a success yet nor a failure.
    public var resumesAt: Timestamp?
    /// Whether the action gave up waiting for an answer: tried again where the step's `retry` says `on: timeout`, whatever
    /// ``failureKind`` is.
    public var isTimeout = false

    init(success: Bool, message: String, context: [String: any ContextValue], failureKind: FailureKind?, isUnchanged: Bool) {
        self.success = success
        self.message = message
        self.context = context.mapValues(\.contextValue)
        self.failureKind = failureKind
        self.isUnchanged = isUnchanged
    }

    /// Success: something was changed or done by this attempt.
    ///
    /// - Parameter context: what later steps of the run see, under these names.
    public static func success(_ message: String, context: [String: any ContextValue] = [:]) -> ActionResult {
        ActionResult(success: true, message: message, context: context, failureKind: nil, isUnchanged: false)
    }

    /// Success: the state was already as wanted.
    public static func unchanged(_ message: String, context: [String: any ContextValue] = [:]) -> ActionResult {
        ActionResult(success: true, message: message, context: context, failureKind: nil, isUnchanged: true)
    }

    /// Success: somebody else had put it in the wanted state, so what is there is not ours to take back.
    public static func foreign(_ message: String, context: [String: any ContextValue] = [:]) -> ActionResult {
        var result = unchanged(message, context: context)
        result.isForeign = true
        return result
    }

    /// Not over: the step is carried out again at `time`, under the same key. The run's deadline waits with it, and no other run
    /// is held up. For a step without effects.
    public static func waiting(_ message: String, until time: Timestamp) -> ActionResult {
        var result = success(message)
        result.resumesAt = time
        return result
    }

    /// Tried and could not. `kind` decides whether it is tried again: only transient failures are.
    public static func failure(
        _ message: String, kind: FailureKind = .permanent, retryAfter: Duration? = nil, context: [String: any ContextValue] = [:]
    ) -> ActionResult {
        var result = ActionResult(success: false, message: message, context: context, failureKind: kind, isUnchanged: false)
        result.retryAfter = retryAfter
        return result
    }
}

/// What is known of a failure.
public enum FailureKind: String, Sendable, Hashable, Codable {
    /// Nothing was done, and it may work later.
    case transient
    /// Nothing was done, and trying again will not help.
    case permanent
    /// It may have been done.
    case unknown
}
