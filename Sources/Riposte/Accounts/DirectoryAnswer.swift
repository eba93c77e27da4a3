/// What a directory of accounts or sessions may answer.
protocol DirectoryChange: Sendable, Hashable {
    static func cannot(_ why: String, _ kind: FailureKind) -> Self
    /// Why it is not so; `nil` = it is.
    var refusal: (why: String, kind: FailureKind)? { get }
}

extension AccountChange: DirectoryChange {
    var refusal: (why: String, kind: FailureKind)? {
        if case .cannot(let why, let kind) = self { (why, kind) } else { nil }
    }
}

extension SessionChange: DirectoryChange {
    var refusal: (why: String, kind: FailureKind)? {
        if case .cannot(let why, let kind) = self { (why, kind) } else { nil }
    }
}

/// What one directory said.
struct DirectoryAnswer<Change: DirectoryChange>: Sendable, Hashable {
    var name: DirectoryName
    var change: Change
    /// How long to wait before it is told again, where it has said so.
    var retryAfter: Duration?

    init(_ name: DirectoryName, _ change: Change) {
        self.name = name
        self.change = change
    }

    /// Asks, and takes what is thrown for an answer.
    init(_ name: DirectoryName, asking body: () async throws -> Change) async {
        do { self.init(name, try await body()) } catch {
            self.init(name, .cannot("\(error)", (error as? any ClassifiedError)?.kind ?? .unknown))
            retryAfter = (error as? DirectoryFailure)?.retryAfter
        }
    }
}

/// What several directories could not do.
struct DirectoryRefusals: Sendable, Hashable {
    /// Where, and why: `ldap: the server gave no answer; shop: …`.
    var words: String
    var kind: FailureKind
    /// The longest pause that one of them asks for.
    var retryAfter: Duration?

    /// `nil` where all could.
    init?<Change>(_ answers: [DirectoryAnswer<Change>]) {
        let refusals = answers.compactMap { answer in answer.change.refusal.map { (answer.name, $0.why, $0.kind) } }
        guard !refusals.isEmpty else { return nil }
        words = refusals.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
        // Trying again helps as long as one of them may come to; one of which it is not known whether it did may be told again.
        kind = refusals.contains { $0.2 != .permanent } ? .transient : .permanent
        retryAfter = answers.compactMap(\.retryAfter).max()
    }
}
