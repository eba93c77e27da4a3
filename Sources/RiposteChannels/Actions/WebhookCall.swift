internal import Riposte

/// One webhook, called for a step of a run.
struct WebhookCall: Sendable {
    let request: WebhookRequest
    let client: HTTPClient
    let clock: any WallClock

    /// The configuration with the body that an action sends of itself; GET, HEAD and DELETE send none.
    static func withBody(_ configuration: WebhookConfiguration) -> WebhookConfiguration {
        guard configuration.body == nil, [.post, .put, .patch].contains(configuration.method) else { return configuration }
        var configuration = configuration
        configuration.body = "{{ report }}"
        return configuration
    }

    func execute(in context: ResponseContext) async -> ActionResult {
        do throws(WebhookError) {
            let tree = WebhookContext(context).tree
            let response = try await request.send(in: tree, idempotencyKey: context.idempotencyKey, through: client, clock: clock)
            return .success("\(request.origin) answered \(response.status)", context: ["webhook_status": response.status])
        } catch {
            return Self.failure(error)
        }
    }

    /// Renders everything that needs no secret, so that missing context shows before it counts.
    func preview(in context: ResponseContext) -> ActionResult {
        do throws(WebhookError) {
            let sent = try request.preview(in: WebhookContext(context).tree)
            return .success("would send \(request.configuration.method) to \(sent?.url.description ?? request.origin)")
        } catch {
            return Self.failure(error)
        }
    }

    private static func failure(_ error: WebhookError) -> ActionResult {
        var result = ActionResult.failure(error.message, kind: error.kind, retryAfter: error.retryAfter)
        result.isTimeout = error.cause == .timedOut
        return result
    }
}
