/// The session directories of one engine, and the decisions that void tokens nobody can take back, as one.
public struct SessionDirectories: Sendable {
    private let directories: [any SessionDirectory]
    private let decisions: any DecisionLedger
    private let isObeyed: Bool

    /// - Parameters:
    ///   - directories: told one beside the other.
    ///   - isObeyed: whether something asks Riposte itself about sessions, as the account middleware does.
    public init(_ directories: [any SessionDirectory] = [], decisions: any DecisionLedger, isObeyed: Bool = false) {
        self.directories = directories
        self.decisions = decisions
        self.isObeyed = isObeyed
    }

    /// What keeps an end from being obeyed; `nil` where it is obeyed.
    func caveat(_ scope: SessionScope) -> String? {
        isObeyed || directories.contains { $0.scopes.contains(scope) }
            ? nil : "recorded in Riposte's own account state, which nothing enforces yet"
    }

    /// Voids what `effect` means here, and asks every directory that can to end its part.
    func end(
        _ effect: Effect, _ scope: SessionScope,
        _ body: @escaping @Sendable (any SessionDirectory) async throws -> SessionChange
    ) async throws -> SessionOutcome {
        let isNew = try await decisions.claim(effect)
        let answers = await withTaskGroup(of: DirectoryAnswer<SessionChange>.self) { group in
            for directory in directories where directory.scopes.contains(scope) {
                group.addTask { await DirectoryAnswer(directory.name) { try await body(directory) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return SessionOutcome(isNew: isNew, answers: answers.sorted { $0.name < $1.name })
    }

    /// Its time is up: nothing that it voided can be alone any more.
    func forget(_ effect: Effect) async throws -> ActionResult {
        try await decisions.release(effect) ? .success("over") : .unchanged("over already")
    }

    func probe(_ effect: Effect) async throws -> Probe { await decisions.holds(effect) ? .inForce : .absent }
}

/// What all session directories said together.
struct SessionOutcome: Sendable {
    var isNew: Bool
    var answers: [DirectoryAnswer<SessionChange>]

    /// How many sessions were ended, as far as that is known. The numbers come from outside, and may be any.
    var count: Int {
        answers.reduce(0) { sum, answer in
            guard case .ended(let count?) = answer.change else { return sum }
            let (total, isTooLarge) = sum.addingReportingOverflow(count)
            return isTooLarge ? .max : total
        }
    }

    private var hasChanged: Bool { isNew || answers.contains { if case .ended = $0.change { true } else { false } } }

    /// What a step says of it.
    func result(_ text: String, caveat: String?, context: [String: any ContextValue]) -> ActionResult {
        if let refusals = DirectoryRefusals(answers) {
            return .failure("\(text), but not everywhere: \(refusals.words)", kind: refusals.kind, retryAfter: refusals.retryAfter)
        }
        let note = caveat.map { "; \($0)" } ?? ""
        return hasChanged ? .success(text + note, context: context) : .unchanged("done already: " + text + note, context: context)
    }
}
