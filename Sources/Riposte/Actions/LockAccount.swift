/// Locks an account for a while.
public struct LockAccount: ReversibleAction, ProbingAction {
    public let name: ActionName = .lockAccount
    public let targetKind: Target.Kind? = .user
    private let accounts: AccountDirectories
    private let store: any IncidentStore

    /// - Parameter store: where earlier locks are looked up, so that an attacker cannot lock a user out day and night.
    public init(accounts: AccountDirectories, store: any IncidentStore) {
        self.accounts = accounts
        self.store = store
    }

    public struct Parameters: ActionParameters {
        static let user = Parameter.text("user", "The account to lock, where it is not the run's.")
        public static let schema = [user.description] + Containment.schema(default: .minutes(30))

        public var user: String?
        public var length: Containment

        public init(_ values: ParameterValues) throws {
            user = try values.optional(Self.user)
            length = try Containment(values, default: .minutes(30))
        }
    }

    /// Without a sign that the attacker got in, a user is locked for at most this long in ``allowanceWindow``: ten wrong
    /// passwords are all it takes to have somebody locked.
    public static let allowance: Duration = .minutes(30)
    public static let allowanceWindow: Duration = .hours(24)

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Locks an account for a while.",
            discussion: """
                Locking is a weapon in an attacker's hand too: a few wrong passwords lock anyone. So only accounts that exist and \
                were hammered become targets, and unless the attacker got in, a user is locked for at most 30 minutes in 24 hours: \
                a longer lock is cut to what is left, and none left is a failure. Attempts while locked do not extend it. \
                Protected accounts are refused.
                """,
            reads: ["user"], writes: ["locked_account", "locked_until", "lock_enforced"], undo: "unlocks the account",
            example: "{action: lock_account, duration_minutes: 30}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.user.map(Target.user) }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        let user = try user(context)
        if let end = try await end(parameters, user, context) {
            return [try await accounts.plan(user, .lock, until: end.isPermanent ? nil : end.at, after: context.effects.first)]
        }
        // Nothing is left, because this very incident holds the lock: then it is as wanted, and the step is passed over.
        guard let standing = try await standing(user, context) else { throw ActionRefusal(Self.usedUp(user)) }
        return [PlannedEffect(kind: .accountLock, target: .user(user), inverse: standing.inverse, expiresAt: standing.expiresAt)]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("no lock was planned") }
        let until = effect.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
        return try await accounts.restrict(effect).result(
            "locked", effect, until, caveat: accounts.caveat(.lock), context: written(effect.target.value, effect.expiresAt))
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try user(context)
        if let effect = context.effects.first { return .success("\(user) is locked", context: written(user, effect.expiresAt)) }
        guard let end = try await end(parameters, user, context) else { return .failure(Self.usedUp(user)) }
        let until = end.isPermanent ? "for good" : "until \(end.at.toTheSecond)"
        return .success("would lock \(user) \(until)", context: written(user, end.isPermanent ? nil : end.at))
    }

    public func undo(_ effect: Effect) async throws -> ActionResult {
        try await accounts.lift(effect).undoResult("unlocked", effect)
    }

    public func probe(_ effect: Effect) async throws -> Probe { try await accounts.probe(effect) }

    private func user(_ context: ResponseContext) throws -> String {
        guard case .user(let user)? = context.target else { throw MissingContext("user") }
        return user
    }

    /// When the lock ends, within what is left of the allowance; `nil` where nothing is.
    private func end(
        _ parameters: Parameters, _ user: String, _ context: ResponseContext
    ) async throws -> (at: Timestamp, isPermanent: Bool)? {
        if context.trigger.anomaly == nil || context.hasTakeoverEvidence {
            return (parameters.length.end(from: context.now) ?? .distantFuture, parameters.length.duration == nil)
        }
        let left = Self.allowance - (try await used(user, context))
        guard left >= .seconds(1) else { return nil }
        return (context.now + min(parameters.length.duration ?? left, left), false)
    }

    /// How long this user has been, and is going to be, locked by effects of the last 24 hours.
    private func used(_ user: String, _ context: ResponseContext) async throws -> Duration {
        let since = context.now - Self.allowanceWindow
        let effects = try await store.effects(EffectQuery(target: .user(user), createdSince: since - Self.allowance))
        return effects.filter { $0.kind == .accountLock && $0.runID != context.runID && $0.activeSince != nil }
            .reduce(Duration.zero) { sum, effect in
                let start = max(effect.activeSince ?? effect.createdAt, since)
                // A lock ends at its time, however late it was taken off the books.
                let end = min(effect.endedAt ?? .distantFuture, effect.expiresAt ?? context.now)
                return sum + max(end - start, .zero)
            }
    }

    /// The lock that this incident has on the user now.
    private func standing(_ user: String, _ context: ResponseContext) async throws -> Effect? {
        let effects = try await store.effects(EffectQuery(states: [.active], incident: context.incidentID, target: .user(user)))
        return effects.first { $0.action == name && $0.kind == .accountLock && ($0.expiresAt.map { $0 > context.now } ?? true) }
    }

    private static func usedUp(_ user: String) -> String {
        "\(user) has been locked for \(DurationText.format(allowance)) in the last 24 hours already, and nothing says that the attacker got in; "
            + "locking again would lock the user out: require a second factor instead"
    }

    private func written(_ user: String, _ end: Timestamp?) -> [String: any ContextValue] {
        ["locked_account": user, "locked_until": end?.contextValue ?? JSONValue.null, "lock_enforced": accounts.caveat(.lock) == nil]
    }
}
