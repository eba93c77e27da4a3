internal import Logging
public import Riposte

/// What every action must keep, as a suite that an author runs against their own.
///
/// ```swift
/// let contract = ActionContract(FreezeStripeAccount(…), values: ["user": alice]) { try await api.state() }
/// #expect(try await contract.findings().isEmpty)
/// ```
///
/// It runs the action as the engine does, plan first, and looks at the world after each call. Use it on a world of its
/// own, such as a local test server: it changes it.
public struct ActionContract<Action: ResponseAction>: Sendable {
    private let action: Action
    private let parameters: [String: JSONValue]
    private let values: [String: JSONValue]
    private let target: Target?
    private let now: Timestamp
    private let tellsRepetition: Bool
    private let state: @Sendable () async throws -> String

    /// - Parameters:
    ///   - parameters: as a playbook's step gives them.
    ///   - values: the context.
    ///   - target: whom the step is about, for an action that declares a kind of target.
    ///   - now: what the action is told the time is, in every attempt.
    ///   - tellsRepetition: `false` for an action whose other side takes a repeated request for the first, and does not say.
    ///   - state: the world that the action changes, as text; equal text means an equal world.
    public init(
        _ action: Action, parameters: [String: JSONValue] = [:], values: [String: any ContextValue] = [:], target: Target? = nil,
        now: Timestamp = SystemClock().now(), tellsRepetition: Bool = true, state: @escaping @Sendable () async throws -> String
    ) {
        self.action = action
        self.parameters = parameters
        self.values = values.mapValues(\.contextValue)
        self.target = target
        self.now = now
        self.tellsRepetition = tellsRepetition
        self.state = state
    }

    /// Runs the whole suite. Each finding is a sentence that says what was not kept; none is what you want.
    public func findings() async throws -> [String] {
        var findings: [String] = []
        let before = try await state()
        findings += try await planningAndPreviewTouchNothing(before)
        findings += try await repeatingChangesNothing()
        findings += try await takingBackRestores(before)
        findings += try await cancellationIsSafe(before)
        findings += try await missingContextIsAFailure()
        return findings
    }

    // MARK: - The rules

    private func planningAndPreviewTouchNothing(_ before: String) async throws -> [String] {
        let context = context(run: "run-preview", attempt: 1)
        _ = try await plan(context)
        var findings = try await state() == before ? [] : ["effects(_:in:) changed the world; it may only read"]
        let preview = try await action.preview(try decoded(), in: context)
        if !preview.success { findings.append("preview(_:in:) failed where execute is going to succeed: \(preview.message)") }
        if try await state() != before { findings.append("preview(_:in:) changed the world; it may only read") }
        return findings
    }

    private func repeatingChangesNothing() async throws -> [String] {
        let first = try await execute(run: "run-contract", attempt: 1)
        guard first.success else { return ["execute(_:in:) failed: \(first.message)"] }
        let after = try await state()
        let second = try await execute(run: "run-contract", attempt: 2)
        var findings: [String] = []
        if !second.success {
            findings.append("the same step carried out again failed: \(second.message); a state that is already as wanted is .unchanged")
        }
        if second.success, !second.isUnchanged, tellsRepetition {
            findings.append("the same step carried out again did not say .unchanged: \(second.message)")
        }
        if try await state() != after { findings.append("the same step carried out again changed the world again") }
        findings += try await probeSays(.inForce, run: "run-contract", "after execute")
        return findings
    }

    private func takingBackRestores(_ before: String) async throws -> [String] {
        guard let reversible = action as? any ReversibleAction else { return [] }
        var findings: [String] = []
        for time in ["first", "second"] {
            for effect in try await effects(run: "run-contract") {
                let result = try await reversible.undo(effect)
                if !result.success { findings.append("undo, the \(time) time, failed: \(result.message)") }
                if time == "second", !result.isUnchanged { findings.append("undo of what was taken back already did not say .unchanged") }
            }
            if try await state() != before { findings.append("after undo, the \(time) time, the world is not as it was") }
        }
        return findings + (try await probeSays(.absent, run: "run-contract", "after undo"))
    }

    /// Cut short by a cancelled task, as after a time-out, then carried out again as the same step.
    private func cancellationIsSafe(_ before: String) async throws -> [String] {
        let task = Task { try await execute(run: "run-cancelled", attempt: 1) }
        task.cancel()
        _ = try? await task.value
        let again = try await execute(run: "run-cancelled", attempt: 2)
        guard again.success else { return ["a step that was cut short could not be carried out again: \(again.message)"] }
        guard let reversible = action as? any ReversibleAction else { return [] }
        for effect in try await effects(run: "run-cancelled") { _ = try await reversible.undo(effect) }
        return try await state() == before ? [] : ["a step that was cut short and repeated left something behind after its undo"]
    }

    private func missingContextIsAFailure() async throws -> [String] {
        let before = try await state()
        let empty = ResponseContext(
            values: [:], trigger: .manual(actor: "contract", reason: ""), incidentID: "inc-contract", runID: "run-empty", step: StepPath(0),
            now: now, logger: Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() })
        let result = try? await action.execute(try decoded(), in: empty)
        let needsContext = target != nil || !values.isEmpty
        if needsContext, result?.success == true, try await state() != before {
            return ["without its context the action succeeded and changed the world; missing context is a failure"]
        }
        return []
    }

    // MARK: - As the engine does it

    private func probeSays(_ expected: Probe, run: RunID, _ moment: String) async throws -> [String] {
        guard let probing = action as? any ProbingAction else { return [] }
        var findings: [String] = []
        for effect in try await effects(run: run) {
            let found = try await probing.probe(effect)
            if found != expected, found != .unknown { findings.append("\(moment), probe says \(found), not \(expected)") }
        }
        return findings
    }

    private func execute(run: RunID, attempt: Int) async throws -> ActionResult {
        var context = context(run: run, attempt: attempt)
        context.effects = try await effects(run: run)
        do { return try await action.execute(try decoded(), in: context) } catch { return .failure("\(error)", kind: .unknown) }
    }

    /// The effects of a step, with the ids they have in every attempt.
    private func effects(run: RunID) async throws -> [Effect] {
        let context = context(run: run, attempt: 1)
        return try await plan(context).enumerated().map { number, plan in
            Effect(
                id: EffectID("eff-\(run)-\(number)"), kind: plan.kind, target: plan.target, action: action.name, inverse: plan.inverse,
                expiresAt: plan.expiresAt, incidentID: context.incidentID, runID: run, step: context.step, playbook: "contract",
                createdAt: context.now)
        }
    }

    private func plan(_ context: ResponseContext) async throws -> [PlannedEffect] { try await action.effects(try decoded(), in: context) }

    private func decoded() throws -> Action.Parameters { try Action.Parameters(ParameterValues(parameters)) }

    private func context(run: RunID, attempt: Int) -> ResponseContext {
        var values = values
        switch target {
        case .address(let range): values["ip"] = range.contextValue
        case .user(let user): values["user"] = values["user"] ?? .string(user)
        case .session(let session): values["session"] = .string(session)
        case nil: break
        }
        return ResponseContext(
            values: values, target: target, trigger: .manual(actor: "contract", reason: ""), incidentID: "inc-contract", runID: run,
            step: StepPath(0, target), attempt: attempt, now: now, logger: Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() })
    }
}
