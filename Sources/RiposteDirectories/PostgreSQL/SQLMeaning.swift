internal import Riposte

/// What the answer to a statement means. See docs/accounts.md, which promises it.
enum SQLMeaning {
    enum Outcome: Sendable, Hashable {
        case changed
        case alreadySo
        case noSuchAccount
        /// No row was touched: so already, or no such account.
        case nothing
    }

    /// Of a statement that changes one account.
    static func change(_ answer: SQLAnswer, _ verb: AccountVerb) throws(DirectoryFailure) -> Outcome {
        let count = max(answer.rows, answer.changed)
        guard count <= 1 else {
            throw DirectoryFailure(.permanent, "“\(verb.rawValue)” would have changed \(count) rows instead of one; nothing was changed")
        }
        guard count == 1 else { return .nothing }
        guard answer.rows == 1 else { return .changed }
        switch answer.value {
        case "t", "true", "changed": return .changed
        case "f", "false", "already": return .alreadySo
        case "none": return .noSuchAccount
        case nil where answer.command.hasPrefix("SELECT"): return .noSuchAccount
        case let other?:
            guard answer.command.hasPrefix("SELECT") else { return .changed }  // UPDATE … RETURNING id
            let said = ServerText.shown(other, withholding: nil).prefix(40)
            throw DirectoryFailure(.permanent, "“\(verb.rawValue)” answered “\(said)”, which is none of changed, already and none")
        case nil: return .changed
        }
    }

    /// Of a statement that looks at one account.
    static func standing(_ answer: SQLAnswer, _ verb: AccountVerb) throws(DirectoryFailure) -> AccountStanding {
        try checkIsOne(answer, verb)
        guard answer.rows == 1 else { return .noSuchAccount }
        switch answer.value {
        case "t", "true": return .restricted
        case "f", "false", nil: return .free
        default: throw DirectoryFailure(.permanent, "“\(verb.rawValue)” selects something else than true or false")
        }
    }

    /// Of a statement that selects a mail address.
    static func mailAddress(_ answer: SQLAnswer, _ verb: AccountVerb) throws(DirectoryFailure) -> String? {
        try checkIsOne(answer, verb)
        return answer.rows == 1 ? answer.value : nil
    }

    private static func checkIsOne(_ answer: SQLAnswer, _ verb: AccountVerb) throws(DirectoryFailure) {
        guard answer.rows > 1 else { return }
        throw DirectoryFailure(.permanent, "“\(verb.rawValue)” gave \(answer.rows) rows instead of one")
    }

    /// Of a statement that ends sessions.
    static func sessions(_ answer: SQLAnswer) -> SessionChange {
        let isCount = answer.rows == 1 && answer.command.hasPrefix("SELECT")
        let count = isCount ? answer.value.flatMap { Int($0) } ?? 0 : max(answer.rows, answer.changed)
        return count > 0 ? .ended(count) : .none
    }
}
