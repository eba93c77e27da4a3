/// An error that says what is known of the failure. What an action throws of this kind is recorded as that kind, so that a
/// transient one is tried again; of any other error it is not known whether the thing was done.
public protocol ClassifiedError: Error {
    /// What is known of the failure: whether it may have been done, and whether trying again can help.
    var kind: FailureKind { get }
}
