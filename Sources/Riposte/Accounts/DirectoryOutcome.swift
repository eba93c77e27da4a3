/// What all directories said together.
struct DirectoryOutcome: Sendable, Hashable {
    var answers: [DirectoryAnswer<AccountChange>]
    var hasChanged: Bool
    /// Whether it was so everywhere before, and not by us.
    var isForeign = false
    /// Whether another incident goes on wanting it.
    var isKept = false

    init(_ answers: [DirectoryAnswer<AccountChange>] = []) {
        self.answers = answers
        hasChanged = answers.contains { $0.change == .changed }
    }

    /// One sentence about those that could not, and about those that could. `nil` where all could.
    private func failure(_ sentence: String) -> ActionResult? {
        guard let refusals = DirectoryRefusals(answers) else { return nil }
        let done = answers.filter { $0.change.refusal == nil }.map(\.name.rawValue)
        let rest = done.isEmpty ? "" : "; done in \(done.joined(separator: ", "))"
        return .failure("\(sentence): \(refusals.words)\(rest)", kind: refusals.kind, retryAfter: refusals.retryAfter)
    }

    /// ` in ldap, accounts`; empty without back ends.
    var places: String { answers.isEmpty ? "" : " in " + answers.map(\.name.rawValue).joined(separator: ", ") }
}

extension DirectoryOutcome {
    /// What a step says.
    ///
    /// - Parameters:
    ///   - done: `locked`, `blocked`.
    ///   - until: how long it holds.
    ///   - caveat: why it may not be obeyed.
    func result(
        _ done: String, _ effect: Effect, _ until: String, caveat: String?, context: [String: any ContextValue]
    ) -> ActionResult {
        let user = effect.target.value
        let note = caveat.map { "; \($0)" } ?? ""
        if let failure = failure("\(user) is not \(done) everywhere") { return failure }
        if isForeign { return .foreign("\(user) had been \(done) by somebody else\(note)", context: context) }
        return hasChanged
            ? .success("\(done) \(user)\(places) \(until)\(note)", context: context)
            : .unchanged("\(user) is \(done) already\(places) \(until)\(note)", context: context)
    }

    /// What taking it back says.
    func undoResult(_ done: String, _ effect: Effect) -> ActionResult {
        let user = effect.target.value
        if let failure = failure("\(user) is not \(done) everywhere") { return failure }
        if isKept { return .unchanged("another incident goes on holding \(user)") }
        return hasChanged ? .success("\(done) \(user)\(places)") : .unchanged("\(user) was \(done) already")
    }
}
