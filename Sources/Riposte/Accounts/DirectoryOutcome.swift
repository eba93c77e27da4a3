/// What one directory said.
struct DirectoryAnswer: Sendable, Hashable {
    var name: DirectoryName
    var change: AccountChange
    /// How long to wait before it is told again, where it has said so.
    var retryAfter: Duration?

    init(_ name: DirectoryName, _ change: AccountChange) {
        self.name = name
        self.change = change
    }

    init(_ name: DirectoryName, _ error: any Error) {
        self.init(name, .cannot("\(error)", (error as? any ClassifiedError)?.kind ?? .unknown))
        retryAfter = (error as? DirectoryFailure)?.retryAfter
    }
}

/// What all directories said together.
struct DirectoryOutcome: Sendable, Hashable {
    var answers: [DirectoryAnswer]
    var hasChanged: Bool
    /// Whether it was so everywhere before, and not by us.
    var isForeign = false
    /// Whether another incident goes on wanting it.
    var isKept = false

    init(_ answers: [DirectoryAnswer] = []) {
        self.answers = answers
        hasChanged = answers.contains { $0.change == .changed }
    }

    /// Where it could not be done and why: `ldap: the server gave no answer`.
    private var failures: [(words: String, kind: FailureKind)] {
        answers.compactMap { answer in
            guard case .cannot(let why, let kind) = answer.change else { return nil }
            return ("\(answer.name): \(why)", kind)
        }
    }

    /// One sentence about those that could not, and about those that could. `nil` where all could.
    var failure: (message: String, kind: FailureKind)? {
        let failures = failures
        guard !failures.isEmpty else { return nil }
        let done = answers.filter { answer in !failures.contains { $0.words.hasPrefix("\(answer.name): ") } }.map(\.name.rawValue)
        let rest = done.isEmpty ? "" : "; done in \(done.joined(separator: ", "))"
        // Trying again helps as long as one of them may come to; one of which it is not known whether it did may be told again.
        let kind: FailureKind = failures.contains { $0.kind != .permanent } ? .transient : .permanent
        return (failures.map(\.words).joined(separator: "; ") + rest, kind)
    }

    /// What the one that asks for the longest pause asks for.
    private var retryAfter: Duration? { answers.compactMap(\.retryAfter).max() }

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
        if let failure {
            return .failure("\(user) is not \(done) everywhere: \(failure.message)", kind: failure.kind, retryAfter: retryAfter)
        }
        if isForeign { return .foreign("\(user) had been \(done) by somebody else\(note)", context: context) }
        return hasChanged
            ? .success("\(done) \(user)\(places) \(until)\(note)", context: context)
            : .unchanged("\(user) is \(done) already\(places) \(until)\(note)", context: context)
    }

    /// What taking it back says.
    func undoResult(_ done: String, _ effect: Effect) -> ActionResult {
        let user = effect.target.value
        if let failure {
            return .failure("\(user) is not \(done) everywhere: \(failure.message)", kind: failure.kind, retryAfter: retryAfter)
        }
        if isKept { return .unchanged("another incident goes on holding \(user)") }
        return hasChanged ? .success("\(done) \(user)\(places)") : .unchanged("\(user) was \(done) already")
    }
}
