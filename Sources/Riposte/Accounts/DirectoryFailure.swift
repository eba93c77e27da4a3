/// Why a directory did not do what it was told: what an implementation throws that knows more than
/// ``AccountChange/cannot(_:_:)`` can say.
public struct DirectoryFailure: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
    public let kind: FailureKind
    /// One sentence for people, without a secret.
    public let message: String
    /// How long to wait before the next attempt, where the other side has said so.
    public let retryAfter: Duration?

    /// Creates a failure.
    ///
    /// - Parameter kind: only ``FailureKind/transient`` ones are tried again by themselves.
    public init(_ kind: FailureKind, _ message: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
    }

    public var description: String { message }
}

/// A directory that can be looked over before it is needed, as `riposte doctor` does. Changes nothing.
package protocol ExaminableDirectory: Sendable {
    /// What was seen, in a few words. Throws where it cannot work as it is.
    func examine() async throws -> String
}
