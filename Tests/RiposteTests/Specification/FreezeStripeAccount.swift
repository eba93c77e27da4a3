import Riposte
import RiposteChannels

struct FreezeStripeAccount: SimpleAction {
    let name: ActionName = "freeze_stripe_account"
    let customers: HTTPURL  // https://api.stripe.com/v1/customers
    let secret: Secret
    let http: HTTPClient

    func execute(in context: ResponseContext) async throws -> ActionResult {
        guard let customer = context[.user]?.attributes["stripe_customer_id"]?.string else {
            return .failure("No Stripe customer to freeze.")
        }
        var request = HTTPRequest(.post, try customers.appending(customer))
        try request.fields.set("Authorization", "Bearer \(secret.resolve().revealed)")
        try request.fields.set("Idempotency-Key", context.idempotencyKey)
        try request.fields.set("Content-Type", "application/x-www-form-urlencoded")
        request.body = Array("metadata[frozen_by_security_analytics]=\(context.incidentID)".utf8)
        let response = try await http.send(request)
        return response.isSuccess
            ? .success("Stripe account \(customer) frozen.", context: ["frozen_customer": customer])
            : .failure("Stripe API rejected the freeze request.", kind: response.failureKind ?? .permanent, retryAfter: response.retryAfter)
    }
}
