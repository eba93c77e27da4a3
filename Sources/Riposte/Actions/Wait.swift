/// Lets time pass before the next step.
public struct Wait: ResponseAction {
    public let name: ActionName = .wait
    public let isInformative = true

    /// Creates the action; it needs nothing.
    public init() {}

    public struct Parameters: ActionParameters {
        static let duration = Parameter.duration("duration", "How long, with its unit: 30s, 5m, 1h; at most 7 days.")
        public static let schema = [
            ParameterDescription(
                name: duration.name, type: duration.type, summary: duration.summary, isRequired: true, defaultText: nil,
                check: duration.description.check)
        ]
        var duration: Duration

        public init(_ values: ParameterValues) throws {
            duration = try values[Self.duration]
            guard duration <= .hours(24 * 7) else { throw ParameterError("“duration” can be at most 7d") }
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Lets time pass before the next step.",
            discussion: """
                The time counts from the step's first attempt and goes on while the program is down. Meanwhile the run's deadline \
                stands still, and no other run is held up.
                """,
            example: "{action: wait, duration: 15m}")
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let end = context.startedAt + parameters.duration
        return context.now >= end
            ? .success("waited \(DurationText.format(parameters.duration))") : .waiting("waits until \(end.toTheSecond)", until: end)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        .success("would wait \(DurationText.format(parameters.duration))")
    }
}
