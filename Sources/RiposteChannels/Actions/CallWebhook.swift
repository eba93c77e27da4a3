public import Riposte

/// The built-in action `webhook`: a request that the step itself describes. It sends no secret, because playbooks are no
/// place for one; a webhook that needs one is a ``WebhookAction``.
///
/// For everything else it keeps what ``WebhookAction`` does.
public struct CallWebhook: ResponseAction {
    public let name: ActionName = .webhook
    private let client: HTTPClient
    private let clock: any WallClock

    public init(client: HTTPClient, clock: any WallClock = SystemClock()) {
        self.client = client
        self.clock = clock
    }

    public struct Parameters: ActionParameters {
        static let url = Parameter.text("url", required: true, "Where to; scheme and host written out, {{ … }} in path and query.")
        static let method = Parameter<HTTPMethod>(
            "method", type: "GET, POST, PUT, PATCH or DELETE", default: .post, defaultText: "POST", "The method.", decode: readMethod)
        static let headers = Parameter<[String: String]>(
            "headers", type: "map of texts", default: [:], "Header fields; no secrets.", decode: readHeaders)
        static let body = Parameter.any("body", "A text, or a tree that is sent as JSON; what is known of the run where nothing is said.")
        static let expect = Parameter<[ClosedRange<Int>]>(
            "expect", type: "status (200, 2xx, 200-299) or list", default: [200...299], defaultText: "2xx",
            "The statuses that are success.",
            decode: readStatuses)
        public static let schema = [url.description, method.description, headers.description, body.description, expect.description]

        /// Checked: its templates and its URL can be used.
        public let request: WebhookRequest

        public init(_ values: ParameterValues) throws {
            let headers = try values[Self.headers].mapValues(WebhookConfiguration.Value.literal)
            let configuration = WebhookConfiguration(
                url: try values[Self.url], method: try values[Self.method], headers: headers, body: try values.optional(Self.body),
                expectedStatuses: try values[Self.expect])
            do throws(WebhookError) { request = try WebhookRequest(WebhookCall.withBody(configuration)) } catch {
                throw ParameterError(error.message)
            }
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Sends a request that the step describes.",
            discussion: """
                The step's parameters say where to and what; {{ incident.id }} and the like stand for what the run knows. One \
                request takes at most ten seconds. It sends no secret: a webhook that needs one is named under “actions” in the \
                settings. It cannot be taken back. Every attempt carries the same Idempotency-Key; after a crash the call may be \
                made again.
                """,
            reads: ["what its templates name"], writes: ["webhook_status"],
            example: #"{action: webhook, url: "https://example.org/hook", body: {text: "{{ incident.title }}"}}"#)
    }

    /// Scheme, host and port.
    public func backEnd(_ parameters: Parameters) -> String? { parameters.request.origin }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        await call(parameters).execute(in: context)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        call(parameters).preview(in: context)
    }

    private func call(_ parameters: Parameters) -> WebhookCall {
        WebhookCall(request: parameters.request, client: client, clock: clock)
    }
}

extension CallWebhook.Parameters {
    private static func readMethod(_ json: JSONValue) throws(ParameterError) -> HTTPMethod {
        let methods: [HTTPMethod] = [.get, .post, .put, .patch, .delete]
        guard let text = json.string, let method = methods.first(where: { $0.rawValue == text.uppercased() }) else {
            throw ParameterError("must be GET, POST, PUT, PATCH or DELETE")
        }
        return method
    }

    private static func readHeaders(_ json: JSONValue) throws(ParameterError) -> [String: String] {
        guard case .object(let members) = json else { throw ParameterError("must be a map; got \(json.kindName)") }
        var headers: [String: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            // The value is not repeated: it may be the secret itself.
            guard !WebhookWords.isSecretHeader(name) else {
                throw ParameterError(
                    "holds “\(name)”, a secret: name the webhook under “actions” in the settings, and call it by that name")
            }
            guard case .string(let text) = value else { throw ParameterError("must hold texts; “\(name)” is \(value.kindName)") }
            headers[name] = text
        }
        return headers
    }

    private static func readStatuses(_ json: JSONValue) throws(ParameterError) -> [ClosedRange<Int>] {
        let elements = json.array ?? [json]
        let statuses = elements.compactMap(WebhookWords.statuses)
        guard !elements.isEmpty, statuses.count == elements.count else {
            throw ParameterError("must be statuses such as 200, 2xx or 200-299")
        }
        return statuses
    }
}
