/// Thrown by an action that will not do a thing, in whatever phase: recorded as a permanent failure with this sentence.
public struct ActionRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// - Parameter description: one sentence for people, without a secret; it becomes the step's message.
    public init(_ description: String) { self.description = description }
}
