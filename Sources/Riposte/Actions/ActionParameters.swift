/// What an action's step may say beside its name.
///
/// ```swift
/// struct Parameters: ActionParameters {
///     static let limit = Parameter.count("limit", in: 1...1000, default: 10, "Requests let through in a window.")
///     static let schema = [limit.description]
///     var limit: Int
///     init(_ values: ParameterValues) throws { limit = try values[Self.limit] }
/// }
/// ```
public protocol ActionParameters: Sendable {
    /// Every parameter there is; a name that is not listed is refused when the playbook loads.
    static var schema: [ParameterDescription] { get }

    /// Reads the values; they have been checked one by one, so only rules among several are left to enforce here.
    init(_ values: ParameterValues) throws
}

/// No parameters.
public struct NoParameters: ActionParameters {
    public static let schema: [ParameterDescription] = []
    /// Creates the only value there is.
    public init() {}
    public init(_ values: ParameterValues) throws {}
}

/// The values a step gives, read by their parameter.
public struct ParameterValues: Sendable {
    /// As written, by name; each has been checked against its parameter when the playbook was loaded.
    public let values: [String: JSONValue]

    /// Creates values as a step would have them, for tests of an action.
    public init(_ values: [String: JSONValue]) { self.values = values }

    /// The value given, or the parameter's default; throws where there is neither.
    public subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        get throws {
            guard let value = try self.optional(parameter) else { throw ParameterError("“\(parameter.name)” is required") }
            return value
        }
    }

    /// The value given, or the parameter's default, or `nil`.
    public func optional<Value>(_ parameter: Parameter<Value>) throws -> Value? {
        guard let json = values[parameter.name], json != .null else { return parameter.defaultValue }
        do { return try parameter.decode(json) } catch { throw ParameterError("“\(parameter.name)” \(error)") }
    }
}
