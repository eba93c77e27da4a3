/// Writes values into the context, for the steps that come after.
public struct SetContext: ResponseAction {
    public let name: ActionName = .setContext
    public let isInformative = true

    /// Creates the action; it needs nothing.
    public init() {}

    public struct Parameters: ActionParameters {
        static let values = Parameter.map("values", "Names and what they hold, as written: nothing in them is expanded.")
        public static let schema = [values.description]
        var values: [String: JSONValue]

        public init(_ values: ParameterValues) throws {
            self.values = try values[Self.values]
            if let name = self.values.keys.sorted().first(where: Self.reserved.contains) {
                throw ParameterError("“\(name)” is what the engine knows of the run, and cannot be written")
            }
        }

        /// A step must not be able to point later steps at somebody else past the guard, or to rewrite the record.
        private static let reserved: Set<String> = ["incident", "playbook", "anomaly", "ip", "user", "session"]
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Writes values for the steps that come after.",
            discussion: "Whom later steps are about (ip, user, session) cannot be written: name it in those steps.",
            writes: ["whatever “values” names"], example: "{action: set_context, values: {ticket_queue: fraud}}")
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let names = parameters.values.keys.sorted().joined(separator: ", ")
        return parameters.values.allSatisfy { context.values[$0.key] == $0.value }
            ? .unchanged("\(names) were so already", context: parameters.values) : .success("set \(names)", context: parameters.values)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        try await execute(parameters, in: context)
    }
}
