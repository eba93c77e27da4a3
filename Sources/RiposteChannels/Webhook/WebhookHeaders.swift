internal import Riposte

/// The header fields that a webhook's configuration names.
struct WebhookHeaders: Sendable, Hashable {
    private struct Field<Value: Sendable & Hashable>: Sendable, Hashable {
        var name: String
        var value: Value
    }

    private var templates: [Field<TextTemplate>] = []
    private var concealed: [Field<Secret>] = []

    init(_ configuration: WebhookConfiguration) throws(WebhookError) {
        var names: Set<String> = []
        for (name, value) in configuration.headers.sorted(by: { $0.key < $1.key }) {
            try Self.check(name, configuration)
            guard names.insert(name.lowercased()).inserted else { throw .configuration("the header “\(name)” is there twice") }
            switch value {
            case .literal(let text): templates.append(Field(name: name, value: try TextTemplate(text, "the header “\(name)”")))
            case .secret(let secret): concealed.append(Field(name: name, value: secret))
            }
        }
    }

    var secrets: [Secret] { concealed.map(\.value) }

    /// The `Content-Type` that is written out; `nil` where there is none or a value of the context makes it up.
    var contentType: String? {
        templates.first { $0.name.lowercased() == "content-type" && $0.value.isLiteral }
            .map { $0.value.parts.map { if case .text(let text) = $0 { text } else { "" } }.joined() }
    }

    /// What is no secret, filled in.
    func fields(in context: JSONValue) throws(WebhookError) -> HTTPFields {
        var fields = HTTPFields()
        for field in templates { try fields.put(field.name, field.value.text(in: context) { $0 }) }
        return fields
    }

    /// Adds what is a secret, read now.
    func addSecrets(to fields: inout HTTPFields) throws(WebhookError) {
        for field in concealed { try fields.put(field.name, field.value.forWebhook().revealed) }
    }

    private static func check(_ name: String, _ configuration: WebhookConfiguration) throws(WebhookError) {
        do throws(HTTPError) { try HTTPFields.check(name: name) } catch { throw .configuration(error.message) }
        let lower = name.lowercased()
        guard ![SignedRequest.idempotencyFieldName, RequestSignature.fieldName].contains(where: { $0.lowercased() == lower }) else {
            throw .configuration("the header “\(name)” is set by the webhook itself")
        }
        guard lower != "authorization" || configuration.bearer == nil else {
            throw .configuration("the header “\(name)” and a bearer secret exclude each other")
        }
    }
}

extension HTTPFields {
    /// Sets a field, with a webhook's error, which names the field and never its value.
    mutating func put(_ name: String, _ value: String) throws(WebhookError) {
        do throws(HTTPError) { try set(name, value) } catch { throw .value(error.message) }
    }
}
