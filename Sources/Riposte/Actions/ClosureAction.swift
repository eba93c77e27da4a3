/// A closure with a name: the shortest custom action.
public struct ClosureAction: SimpleAction {
    public let name: ActionName
    public let documentation: ActionDocumentation
    private let body: @Sendable (ResponseContext) async throws -> ActionResult

    /// Creates an action out of a closure.
    ///
    /// - Parameters:
    ///   - summary: one sentence for `riposte action show`.
    ///   - body: may run again with the same ``ResponseContext/idempotencyKey``; what it throws is a recorded failure.
    public init(_ name: ActionName, summary: String = "", _ body: @escaping @Sendable (ResponseContext) async throws -> ActionResult) {
        self.name = name
        documentation = ActionDocumentation(summary: summary)
        self.body = body
    }

    public func execute(in context: ResponseContext) async throws -> ActionResult { try await body(context) }
}
