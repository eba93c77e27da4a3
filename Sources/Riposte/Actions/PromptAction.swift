/// An action whose effects follow from its parameters and the context alone: planning them looks nowhere and waits for nothing.
/// So the intent of a run's first step can be on disk together with the run.
package protocol PromptAction: ResponseAction {
    /// What ``ResponseAction/effects(_:in:)`` answers.
    func plan(_ parameters: Parameters, in context: ResponseContext) throws -> [PlannedEffect]
}

extension PromptAction {
    func plan(values: [String: JSONValue], in context: ResponseContext) throws -> [PlannedEffect] {
        try plan(try Parameters(ParameterValues(values)), in: context)
    }
}
