internal import Riposte

/// What a webhook's templates read of a run: the run's context, and beside it `run` (`id`, `step`) and `report`, which is
/// what is sent where no body is configured. The same in every attempt of a step.
struct WebhookContext: Sendable {
    /// The tree that templates read.
    let tree: JSONValue

    init(_ context: ResponseContext) {
        let run: JSONValue = ["id": .string(context.runID.rawValue), "step": .string(context.step.description)]
        var report: [String: JSONValue] = ["run": run]
        for name in ["incident", "playbook", "anomaly", "ip", "session"] { report[name] = context.values[name] }
        // The id alone: what else a host says of an account does not leave the house unasked.
        report["user"] = context[.user].map { .string($0.id) }
        tree = .object(context.values.merging(["run": run, "report": .object(report)]) { _, own in own })
    }
}
