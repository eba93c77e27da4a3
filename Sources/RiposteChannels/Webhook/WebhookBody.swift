internal import Riposte

/// What a webhook sends: text as it is, anything else as compact JSON.
struct WebhookBody: Sendable, Hashable {
    private let template: JSONTemplate

    /// - Parameter contentType: what the header says, where it is written out.
    init(_ body: JSONValue, contentType: String?) throws(WebhookError) {
        template = try JSONTemplate(body)
        if case .text(let text) = template, text.parts.count > 1, let contentType { try Self.check(contentType, text) }
    }

    /// The bytes, with `Content-Type` set in `fields` where it is not.
    func bytes(in context: JSONValue, _ fields: inout HTTPFields) throws(WebhookError) -> [UInt8] {
        let value = try template.value(in: context)
        guard case .string(let text) = value else {
            if fields["content-type"] == nil { try fields.put("Content-Type", "application/json") }
            return try Self.json(value)
        }
        if case .text(let template) = template, let type = fields["content-type"] { try Self.check(type, template) }
        if fields["content-type"] == nil { try fields.put("Content-Type", "text/plain; charset=utf-8") }
        return Array(text.utf8)
    }

    /// Values in a text are not escaped, so a stranger's could add to what a format means.
    private static func check(_ contentType: String, _ text: TextTemplate) throws(WebhookError) {
        guard !text.isLiteral, !contentType.lowercased().hasPrefix("text/") else { return }
        throw .configuration("a body of text with “{{ }}” in it is sent as text/… only; write JSON as a tree, so that values are escaped")
    }

    /// Members in the order of their names: the same values have the same bytes.
    private static func json(_ value: JSONValue) throws(WebhookError) -> [UInt8] {
        do { return Array(try RecordCoding.text(of: value).utf8) } catch {
            throw .value("the body holds a number that JSON cannot express")
        }
    }
}
