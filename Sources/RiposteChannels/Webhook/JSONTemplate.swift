internal import Riposte

/// A JSON tree whose texts are templates. Names of members are literal.
indirect enum JSONTemplate: Sendable, Hashable {
    case literal(JSONValue)
    case text(TextTemplate)
    case array([JSONTemplate])
    case object([String: JSONTemplate])

    init(_ value: JSONValue) throws(WebhookError) {
        switch value {
        case .string(let text): self = .text(try TextTemplate(text, "the body"))
        case .array(let elements):
            self = .array(try elements.map { (element) throws(WebhookError) in try JSONTemplate(element) })
        case .object(let members):
            var templates: [String: JSONTemplate] = [:]
            for (name, member) in members { templates[name] = try JSONTemplate(member) }
            self = .object(templates)
        case .null, .bool, .int, .double: self = .literal(value)
        }
    }

    func value(in context: JSONValue) throws(WebhookError) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .text(let template): return try template.value(in: context)
        case .array(let elements): return .array(try elements.map { (element) throws(WebhookError) in try element.value(in: context) })
        case .object(let members):
            var values: [String: JSONValue] = [:]
            for (name, member) in members { values[name] = try member.value(in: context) }
            return .object(values)
        }
    }
}
