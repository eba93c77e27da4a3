public import Riposte

/// A webhook under a name of its own, as the settings' `actions` make them: `- {action: open_ticket}`.
///
/// A call outside that cannot be taken back: it plans no effect, and there is no undo. Every attempt of a step carries the
/// same `Idempotency-Key`. After a crash between the call and its record it is made again, so a receiver that does not look
/// at the key may see it twice.
///
/// It succeeds where the status is an expected one. Otherwise nothing is guessed: a status of 408, 425, 429 or 5xx, a
/// server that is not there and a secret that cannot be read are transient failures; any other status, and context that is
/// missing, permanent ones; a request that was sent and not answered may have been acted on, which is
/// ``Riposte/FailureKind/unknown``.
public struct WebhookAction: SimpleAction {
    public let name: ActionName
    private let call: WebhookCall

    /// - Parameters:
    ///   - configuration: its templates read the run's context, `run` (`id`, `step`) and `report`. Where it has no body,
    ///     POST, PUT and PATCH send `report`: `incident`, `playbook`, `run`, and of `anomaly`, `ip`, `user` (the id) and
    ///     `session` what there is.
    ///   - clock: gives the time that signatures carry.
    /// - Throws: ``WebhookError`` where the configuration cannot work.
    public init(
        _ name: ActionName, _ configuration: WebhookConfiguration, client: HTTPClient, clock: any WallClock = SystemClock()
    ) throws(WebhookError) {
        self.name = name
        call = WebhookCall(request: try WebhookRequest(WebhookCall.withBody(configuration)), client: client, clock: clock)
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Sends \(call.request.configuration.method) to \(call.request.origin).",
            discussion: """
                A webhook of the settings. It cannot be taken back. Every attempt carries the same Idempotency-Key; after a crash \
                the call may be made again.
                """,
            reads: ["what its templates name"], writes: ["webhook_status"], example: "{action: \(name)}")
    }

    public func execute(in context: ResponseContext) async throws -> ActionResult { await call.execute(in: context) }

    public func preview(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
        call.preview(in: context)
    }
}
