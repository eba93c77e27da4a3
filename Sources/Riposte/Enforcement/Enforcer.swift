/// Something on this machine that carries decisions out, as the kernel's firewall does.
///
/// An implementer promises that it touches nothing it did not put there, that every call may be made again, and that it
/// throws an ``EnforcementError`` where it could not: the step that asked then fails and is tried again. It is called by
/// one caller at a time, and is handed what holds at the time of the call, so that a late call undoes no newer one. It
/// passes over decisions of a type or a target that it cannot carry out.
public protocol Enforcer: Sendable {
    /// What the settings and the records call it.
    var name: EnforcerName { get }
    /// Makes `decisions` hold, each until its own end, and ends those that `lifted` names. Whole or not at all; one that is
    /// in force already is renewed, one that is not there is lifted already.
    func apply(_ decisions: [Decision], lifting lifted: [DecisionKey]) async throws
    /// What is off between `decisions` and what really holds. Reads only.
    func compare(_ decisions: [Decision]) async throws -> EnforcementDrift
    /// Makes exactly `decisions` hold, whatever was there before, without a moment in which one of them does not that did
    /// before; tells what was off. Called at start, every minute, and after a failure.
    func reconcile(_ decisions: [Decision]) async throws -> EnforcementDrift
    /// Takes away all that it ever put there. Tells whether there was anything.
    func remove() async throws -> Bool
}

/// What an enforcer is called in the settings.
public struct EnforcerName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Why a decision could not be carried out.
public struct EnforcementError: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    public var description: String
    public var kind: FailureKind

    /// - Parameter description: a sentence a person can act on; it becomes the step's message.
    public init(_ description: String, kind: FailureKind = .transient) {
        self.description = description
        self.kind = kind
    }
}
