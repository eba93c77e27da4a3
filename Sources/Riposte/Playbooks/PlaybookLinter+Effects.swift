/// Whether an action can do what a step says of its effects.
extension PlaybookLinter {
    func effectFindings(for located: LocatedStep, _ action: RegisteredAction) -> [Finding] {
        escalationFindings(for: located, action) + verifyFindings(for: located, action)
    }

    private func escalationFindings(for located: LocatedStep, _ action: RegisteredAction) -> [Finding] {
        guard located.step.escalation != nil else { return [] }
        guard action.targetKind != nil, action.schema.contains(where: { $0.name == "duration" }) else {
            let able = actions.all.filter { $0.targetKind != nil && $0.schema.contains { $0.name == "duration" } }
            let message = "\(action.name): “escalate” needs an action that lasts for a while on a target"
            return [Finding(.error, at: located.location, message, suggestion: Self.list(able))]
        }
        return Escalation.replaces.filter { located.step.parameters[$0] != nil }.map { name in
            Finding(
                .error, at: located.parameterKeys[name] ?? located.location,
                "\(action.name): “\(name)” and “escalate” both say how long it lasts",
                suggestion: "remove “\(name)”; the first entry of “escalate” is the first answer's duration")
        }
    }

    private func verifyFindings(for located: LocatedStep, _ action: RegisteredAction) -> [Finding] {
        guard located.step.verify != nil, action.probe == nil else { return [] }
        let message = "\(action.name): “verify” needs an action that can be asked whether it is in force"
        return [Finding(.error, at: located.location, message, suggestion: Self.list(actions.all.filter { $0.probe != nil }))]
    }

    private static func list(_ actions: [RegisteredAction]) -> String? {
        actions.isEmpty ? nil : "there is: " + actions.map(\.name.rawValue).joined(separator: ", ")
    }
}
