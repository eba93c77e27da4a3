/// An action without its type of parameters: what the registry holds and the engine runs.
public struct RegisteredAction: Sendable {
    /// What playbooks call it.
    public let name: ActionName
    /// Which kind of target its step needs; `nil` = none. See ``ResponseAction/targetKind``.
    public let targetKind: Target.Kind?
    /// Whether it does nothing but tell people. See ``ResponseAction/isInformative``.
    public let isInformative: Bool
    /// Its text for people.
    public let documentation: ActionDocumentation
    /// Its parameters, in the order in which they are documented.
    public let schema: [ParameterDescription]
    /// Whether its effects can be taken back before their time.
    public let isReversible: Bool

    /// Decodes and checks parameters as a whole: unknown names, single values, and what the instance says of them.
    package let check: @Sendable ([String: JSONValue]) -> [ParameterFinding]
    package let explicitTarget: @Sendable ([String: JSONValue]) throws -> Target?
    package let backEnd: @Sendable ([String: JSONValue]) -> String?
    package let effects: @Sendable ([String: JSONValue], ResponseContext) async throws -> [PlannedEffect]
    package let execute: @Sendable ([String: JSONValue], ResponseContext) async throws -> ActionResult
    package let preview: @Sendable ([String: JSONValue], ResponseContext) async throws -> ActionResult
    package let undo: (@Sendable (Effect) async throws -> ActionResult)?
    package let probe: (@Sendable (Effect) async throws -> Probe)?

    /// Whether an attempt that ended so may have left something. One of several back ends may have done it, so an action that
    /// can look is asked, whatever it says of the failure.
    func mayHaveDoneSomething(_ outcome: StepOutcome) -> Bool {
        outcome.kind.isSuccess || outcome.failureKind == .unknown || probe != nil
    }

    /// Takes an action in, and finds out whether it is a ``ReversibleAction``, an ``ExpiringAction``, a ``ProbingAction``.
    public init<Action: ResponseAction>(_ action: Action) {
        name = action.name
        targetKind = action.targetKind
        documentation = action.documentation
        schema = Action.Parameters.schema
        isInformative = action.isInformative
        isReversible = action is any ReversibleAction
        check = { values in
            let findings = Self.checkValues(values, against: Action.Parameters.schema)
            guard findings.allSatisfy({ $0.level == .warning }) else { return findings }
            do {
                return findings + action.check(try Action.Parameters(ParameterValues(values)))
            } catch {
                return findings + [ParameterFinding("", .error, "\(error)")]
            }
        }
        explicitTarget = { action.explicitTarget(try Action.Parameters(ParameterValues($0))) }
        backEnd = { values in (try? Action.Parameters(ParameterValues(values))).flatMap(action.backEnd) }
        effects = { try await action.effects(try Action.Parameters(ParameterValues($0)), in: $1) }
        execute = { try await action.execute(try Action.Parameters(ParameterValues($0)), in: $1) }
        preview = { try await action.preview(try Action.Parameters(ParameterValues($0)), in: $1) }
        undo = Self.undo(of: action)
        probe = Self.probe(of: action)
    }

    private static func undo(of action: any ResponseAction) -> (@Sendable (Effect) async throws -> ActionResult)? {
        if let action = action as? any ReversibleAction { return { try await action.undo($0) } }
        if let action = action as? any ExpiringAction { return { try await action.expire($0) } }
        return nil
    }

    private static func probe(of action: any ResponseAction) -> (@Sendable (Effect) async throws -> Probe)? {
        guard let action = action as? any ProbingAction else { return nil }
        return { try await action.probe($0) }
    }

    private static func checkValues(_ values: [String: JSONValue], against schema: [ParameterDescription]) -> [ParameterFinding] {
        var findings: [ParameterFinding] = []
        for name in values.keys.sorted() where !schema.contains(where: { $0.name == name }) {
            let suggestion = Suggestion.forName(name, among: schema.map(\.name)).map { "; \($0)" } ?? ""
            findings.append(ParameterFinding(name, .error, "unknown parameter “\(name)”\(suggestion)"))
        }
        for parameter in schema {
            guard let value = values[parameter.name], value != .null else {
                if parameter.isRequired { findings.append(ParameterFinding(parameter.name, .error, "“\(parameter.name)” is required")) }
                continue
            }
            do { try parameter.check(value) } catch {
                findings.append(ParameterFinding(parameter.name, .error, "“\(parameter.name)” \(error)"))
            }
        }
        return findings
    }
}
