/// Something on this machine that carries decisions out, as the kernel's firewall does.
///
/// An implementer promises that `apply` is idempotent (a decision that is in force already is renewed to the new `until`,
/// never shortened by a call that came late), that it touches nothing it did not put there, and that it throws an
/// ``EnforcementError`` where it could not: the step that asked then fails and is tried again.
public protocol Enforcer: Sendable {
    var name: String { get }
    /// Makes `decisions` hold and ends `lifted`.
    func apply(_ decisions: [Decision], lifting lifted: [Decision]) async throws
    /// Makes exactly `decisions` hold: called at start and now and then, whatever was there before.
    func reconcile(_ decisions: [Decision]) async throws
}

/// Why a decision could not be carried out.
public struct EnforcementError: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    public var description: String
    public var kind: FailureKind

    public init(_ description: String, kind: FailureKind = .transient) {
        self.description = description
        self.kind = kind
    }
}
