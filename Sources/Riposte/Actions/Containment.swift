/// How long a containment holds: the three parameters that every one of them has.
public struct Containment: Sendable, Hashable {
    /// `nil` = it was asked to be permanent.
    public var duration: Duration?

    static let duration = Parameter.duration("duration", "How long, with its unit; instead of “duration_minutes”.")
    static let permanent = Parameter.flag("permanent", default: false, "No end at all. Must be written out.")

    static func minutes(default value: Duration) -> Parameter<Duration> {
        .minutes("duration_minutes", default: value, "How long, in minutes.")
    }

    static func schema(default value: Duration) -> [ParameterDescription] {
        [minutes(default: value).description, duration.description, permanent.description]
    }

    init(_ values: ParameterValues, default value: Duration) throws {
        let isPermanent = try values[Self.permanent]
        let written = try values.optional(Self.duration)
        let hasMinutes = values.values["duration_minutes"].map { $0 != .null } ?? false
        let given = [isPermanent, written != nil, hasMinutes].count { $0 }
        guard given <= 1 else { throw ParameterError("give one of “duration_minutes”, “duration” and “permanent”") }
        duration = isPermanent ? nil : try written ?? values[Self.minutes(default: value)]
    }

    /// When a containment that begins at `start` ends.
    public func end(from start: Timestamp) -> Timestamp? { duration.map { start + $0 } }
}
