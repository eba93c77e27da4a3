/// A named, idempotent piece of work that playbooks call by name.
///
/// The engine gives every action, shipped or custom, logging with run and step metadata, a span, metrics, capture of
/// thrown errors as recorded failures, a timeout, retry, context merging, an idempotency key and the guard. An action
/// holds none of that.
///
/// An implementer promises that `execute` can run again: after a crash the same step is executed once more with the same
/// ``ResponseContext/idempotencyKey``. A state that is already as wanted is `.unchanged`, what was tried and could not be
/// done is a `.failure`. Context is read with care: playbooks differ in what they bring.
public protocol ResponseAction: Sendable {
    /// What a step may say beside the action's name. Default: ``NoParameters``.
    associatedtype Parameters: ActionParameters = NoParameters

    /// What playbooks call this instance.
    var name: ActionName { get }

    /// Which kind of target a step needs. The step runs once for each such target of its run, behind the guard, and fails
    /// where there is none. Default: `nil`, the step runs once.
    var targetKind: Target.Kind? { get }

    /// Whether it does nothing but tell people: the guard then lets it be told whatever else it stops, and
    /// it never waits for an approval. Default: `false`.
    var isInformative: Bool { get }

    /// What `riposte action show` prints.
    var documentation: ActionDocumentation { get }

    /// Whom a step is about where its parameters say so themselves: a parameter wins over the context. Default: nobody.
    func explicitTarget(_ parameters: Parameters) -> Target?

    /// Which back end a step means, where one action has several and its parameters choose: each is trusted, and given up, by
    /// itself. Default: `nil`, there is one.
    func backEnd(_ parameters: Parameters) -> String?

    /// Checks what depends on how this instance is set up, as a channel's name. Called when a playbook loads: an
    /// `.error` refuses it, a `.warning` is shown.
    func check(_ parameters: Parameters) -> [ParameterFinding]

    /// The changes that `execute` is about to make and that can be taken back. They are on disk before it is called.
    /// May read, never touches. Default: none.
    ///
    /// Where an earlier attempt has planned already, ``ResponseContext/effects`` holds that: what it wrote down of the world
    /// before its touch counts, not what is found after it.
    func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect]

    /// Does the work. May run again with the same ``ResponseContext/idempotencyKey``.
    ///
    /// It is cancelled at the step's timeout; one that does not heed that is abandoned, and its outcome is unknown. What it throws
    /// is a recorded failure: of the kind that a ``ClassifiedError`` says, permanent for an ``ActionRefusal`` or a
    /// ``MissingContext``, otherwise unknown.
    func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult

    /// What `execute` would say and write, for shadow mode and dry runs. Never touches. Default: that it would run.
    ///
    /// Where ``ResponseContext/effects`` holds effects they are in force already, and what `execute` has written about
    /// them is wanted, for the steps that come after.
    func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult
}

extension ResponseAction {
    public var targetKind: Target.Kind? { nil }
    public var isInformative: Bool { false }
    public var documentation: ActionDocumentation { ActionDocumentation(summary: "") }
    public func explicitTarget(_ parameters: Parameters) -> Target? { nil }
    public func backEnd(_ parameters: Parameters) -> String? { nil }
    public func check(_ parameters: Parameters) -> [ParameterFinding] { [] }
    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] { [] }
    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        .success("would run \(name)" + (context.target.map { " on \($0)" } ?? ""))
    }
}

/// An action without parameters.
public protocol SimpleAction: ResponseAction where Parameters == NoParameters {
    /// Does the work; what holds for ``ResponseAction/execute(_:in:)`` holds here.
    func execute(in context: ResponseContext) async throws -> ActionResult
}

extension SimpleAction {
    /// Calls ``execute(in:)``.
    public func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
        try await execute(in: context)
    }
}

/// An action whose effects can be taken back.
public protocol ReversibleAction: ResponseAction {
    /// Takes back what `effect` describes, with nothing but the effect to go by. May be called again after a crash;
    /// what is gone already is `.unchanged`. A failure is tried again until it works.
    ///
    /// Two incidents may hold the same target: `undo` takes away what belongs to `effect.id` and leaves the rest standing.
    func undo(_ effect: Effect) async throws -> ActionResult
}

/// An action whose effects end with their time and that nobody can take back before: sessions that were ended stay ended.
public protocol ExpiringAction: ResponseAction {
    /// Cleans up after an effect whose time has run out. May be called again after a crash.
    func expire(_ effect: Effect) async throws -> ActionResult
}

/// An action that can tell whether an effect is there, which a crash between touch and outcome leaves open.
public protocol ProbingAction: ResponseAction {
    /// Whether `effect` is there now. Reads only. Asked after a crash, at undo, and where a step says `verify`; what it throws
    /// counts as ``Probe/unknown``.
    func probe(_ effect: Effect) async throws -> Probe
}

/// What a probe found.
public enum Probe: String, Sendable, Hashable, Codable {
    /// It is there, everywhere it should be.
    case inForce
    /// It is nowhere.
    case absent
    /// It is there in one place and missing in another.
    case partly
    /// It could not be found out.
    case unknown
}

/// What is wrong with a parameter in this set-up.
public struct ParameterFinding: Sendable, Hashable {
    /// How bad a finding is.
    public enum Level: Sendable, Hashable {
        /// Shown; the playbook loads.
        case warning
        /// The playbook is refused.
        case error
    }
    /// The parameter's name, for the place in the file.
    public var parameter: String
    /// Whether the playbook is refused because of it.
    public var level: Level
    /// What is wrong and what to do, in a sentence.
    public var message: String

    /// Creates a finding about one parameter.
    public init(_ parameter: String, _ level: Level, _ message: String) {
        self.parameter = parameter
        self.level = level
        self.message = message
    }
}
