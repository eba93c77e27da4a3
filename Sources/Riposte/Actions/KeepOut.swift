/// What ``LockAccount`` and ``BlockUser`` have in common: they keep a user out for a while, within the allowance.
struct KeepOut: Sendable {
    let action: ActionName
    let restriction: AccountRestriction
    /// `locked`, `blocked`; and what is said of it taken back.
    let words: (done: String, undone: String)
    let accounts: AccountDirectories
    let store: any IncidentStore

    struct Parameters: Sendable {
        static func described(default length: Duration) -> [ParameterDescription] {
            [AccountParameters.user.description] + Containment.schema(default: length)
        }

        let account: AccountParameters
        var length: Containment

        init(_ values: ParameterValues, default length: Duration) throws {
            account = try AccountParameters(values)
            self.length = try Containment(values, default: length)
        }
    }

    func effects(_ length: Containment, in context: ResponseContext) async throws -> [PlannedEffect] {
        let user = try context.requireUser()
        if let end = try await LockAllowance(store: store).end(length, user, context) {
            return [try await accounts.plan(user, restriction, until: end.isPermanent ? nil : end.at, after: context.effects.first)]
        }
        // Nothing is left, because this very incident holds the user: then it is as wanted, and the step is passed over.
        guard let standing = try await standing(user, context) else { throw ActionRefusal(LockAllowance.usedUp(user)) }
        return [PlannedEffect(kind: restriction.kind, target: .user(user), inverse: standing.inverse, expiresAt: standing.expiresAt)]
    }

    func execute(in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        return try await accounts.restrict(effect).result(
            words.done, effect, Self.until(effect.expiresAt), caveat: accounts.caveat(restriction),
            context: written(effect.target.value, effect.expiresAt))
    }

    func preview(_ length: Containment, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        if let effect = context.effects.first { return .success("\(user) is \(words.done)", context: written(user, effect.expiresAt)) }
        guard let end = try await LockAllowance(store: store).end(length, user, context) else {
            return .failure(LockAllowance.usedUp(user))
        }
        let expiry = end.isPermanent ? nil : end.at
        return .success("\(user) would be \(words.done) \(Self.until(expiry))", context: written(user, expiry))
    }

    func undo(_ effect: Effect) async throws -> ActionResult { try await accounts.lift(effect).undoResult(words.undone, effect) }

    private static func until(_ end: Timestamp?) -> String { end.map { "until \($0.toTheSecond)" } ?? "for good" }

    /// The effect of the sort that this incident has on the user now.
    private func standing(_ user: String, _ context: ResponseContext) async throws -> Effect? {
        let effects = try await store.effects(EffectQuery(states: [.active], incident: context.incidentID, target: .user(user)))
        return effects.first { effect in
            effect.action == action && effect.kind == restriction.kind && (effect.expiresAt.map { $0 > context.now } ?? true)
        }
    }

    /// `locked_account`, `locked_until`, `lock_enforced`; `blocked_user` …
    private func written(_ user: String, _ end: Timestamp?) -> [String: any ContextValue] {
        let isEnforced = accounts.caveat(restriction) == nil
        let end = end?.contextValue ?? JSONValue.null
        return restriction == .block
            ? ["blocked_user": user, "blocked_until": end, "block_enforced": isEnforced]
            : ["locked_account": user, "locked_until": end, "lock_enforced": isEnforced]
    }
}

extension ResponseContext {
    /// The account a step with a user as its target is about.
    func requireUser() throws -> String {
        guard case .user(let user)? = target else { throw MissingContext("user") }
        return user
    }
}
