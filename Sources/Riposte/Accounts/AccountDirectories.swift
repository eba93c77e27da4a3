/// The account directories of one engine, and Riposte's own account state, as one: what actions on accounts work on.
///
/// Riposte's own state are the decisions on the user: enforcement points that ask Riposte obey them at once, whatever a back
/// end does. What was so in a directory before and not by us is written down in the plan, and left alone ever after.
public struct AccountDirectories: Sendable {
    private let directories: [any AccountDirectory]
    private let decisions: any DecisionLedger
    private let isObeyed: Bool
    /// Two incidents may end and begin on one account at the same time.
    private let gate = KeyedGate<DecisionKey>()

    /// - Parameters:
    ///   - directories: told one beside the other; their names must differ.
    ///   - isObeyed: whether something asks Riposte itself about users, as the account middleware does.
    public init(_ directories: [any AccountDirectory] = [], decisions: any DecisionLedger, isObeyed: Bool = false) {
        self.directories = directories
        self.decisions = decisions
        self.isObeyed = isObeyed
    }

    /// What keeps a restriction from being obeyed; `nil` where it is obeyed. Put into the result, so that nobody takes a record
    /// for a lock.
    func caveat(_ restriction: AccountRestriction) -> String? {
        guard !isObeyed, !directories.contains(where: { $0.restrictions.contains(restriction) }) else { return nil }
        return "recorded in Riposte's own account state, which nothing enforces yet"
    }

    // MARK: - Planning

    /// Looks where the account stands, and writes down which directories are to be told and which had it so before.
    ///
    /// - Throws: ``ActionRefusal`` where directories were asked and none knows the account.
    func plan(
        _ user: String, _ restriction: AccountRestriction, until end: Timestamp?, after earlier: Effect?
    ) async throws -> PlannedEffect {
        let key = DecisionKey(target: .user(user), type: restriction.kind)
        var tickets = earlier.flatMap { DirectoryTickets($0.inverse) }
        if tickets == nil { tickets = try await look(user, restriction, beside: await decisions.claims(on: key)) }
        return PlannedEffect(kind: restriction.kind, target: .user(user), inverse: tickets?.json ?? .null, expiresAt: end)
    }

    /// - Parameter claims: effects that have the account under the restriction already. What they found to be so before is not
    ///   ours now, and what else is so is theirs.
    private func look(_ user: String, _ restriction: AccountRestriction, beside claims: [Effect]) async throws -> DirectoryTickets? {
        let able = directories.filter { $0.restrictions.contains(restriction) }
        guard !able.isEmpty else { return nil }
        let found = await withTaskGroup(of: (DirectoryName, AccountStanding).self) { group in
            for directory in able {
                // One that gives no answer now is told like the others, and says then what is wrong.
                group.addTask { (directory.name, (try? await directory.standing(of: user, restriction)) ?? .unknown) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        guard found.values.contains(where: { $0 != .noSuchAccount }) else {
            throw ActionRefusal("no account directory knows \(user) (\(able.map(\.name.rawValue).joined(separator: ", ")))")
        }
        let known = claims.compactMap { DirectoryTickets($0.inverse) }
        let foreign = able.map(\.name).filter { name in
            claims.isEmpty ? found[name] == .restricted : known.contains { $0.foreign.contains(name) }
        }
        return DirectoryTickets(
            told: able.map(\.name).filter { found[$0] != .noSuchAccount && !foreign.contains($0) }, foreign: foreign)
    }

    // MARK: - Doing

    /// Makes the account stand as `effect` says, here and in every directory of its plan.
    func restrict(_ effect: Effect) async throws -> DirectoryOutcome {
        try await gate.withLock(effect.decisionKey) {
            let isNew = try await decisions.claim(effect)
            let until = Decision(merging: await decisions.claims(on: effect.decisionKey)).map(\.until) ?? effect.expiresAt
            var outcome = try await tell(effect) { try await $0.restrict($1(until)) }
            outcome.isForeign = outcome.answers.isEmpty && DirectoryTickets(effect.inverse)?.foreign.isEmpty == false
            outcome.hasChanged = outcome.hasChanged || isNew
            return outcome
        }
    }

    /// Takes away what `effect` wanted; where another incident wants the same, its end holds from now on.
    func lift(_ effect: Effect) async throws -> DirectoryOutcome {
        try await gate.withLock(effect.decisionKey) {
            let hasEnded = try await decisions.release(effect)
            let rest = Decision(merging: await decisions.claims(on: effect.decisionKey))
            var outcome = try await tell(effect) { directory, order in
                if let rest { return try await directory.restrict(order(rest.until)) }
                return try await directory.lift(order(nil))
            }
            outcome.isKept = rest != nil
            outcome.hasChanged = outcome.hasChanged || hasEnded
            return outcome
        }
    }

    /// Whether all of it is there.
    func probe(_ effect: Effect) async throws -> Probe {
        var probes: Set<Probe> = [await decisions.holds(effect) ? .inForce : .absent]
        guard let restriction = AccountRestriction(effect.kind), let tickets = DirectoryTickets(effect.inverse) else {
            return probes.joined
        }
        for name in tickets.told {
            guard let directory = directories.first(where: { $0.name == name }) else { continue }
            switch try? await directory.standing(of: effect.target.value, restriction) {
            case .restricted: probes.insert(.inForce)
            case .free, .noSuchAccount: probes.insert(.absent)
            case .unknown, nil: probes.insert(.unknown)
            }
        }
        return probes.joined
    }

    private typealias Order = @Sendable (Timestamp?) -> AccountOrder

    /// Side by side: one that is slow or down holds up no other.
    private func tell(
        _ effect: Effect, _ body: @escaping @Sendable (any AccountDirectory, Order) async throws -> AccountChange
    ) async throws -> DirectoryOutcome {
        guard let restriction = AccountRestriction(effect.kind) else { return DirectoryOutcome() }
        let order: Order = {
            AccountOrder(effect.target.value, restriction, until: $0, effect: effect.id, incident: effect.incidentID)
        }
        let told = DirectoryTickets(effect.inverse)?.told ?? []
        let answers = await withTaskGroup(of: DirectoryAnswer<AccountChange>.self) { group in
            for name in told {
                guard let directory = directories.first(where: { $0.name == name }) else {
                    group.addTask { DirectoryAnswer(name, .cannot("it is not in the settings any more", .transient)) }
                    continue
                }
                group.addTask { await DirectoryAnswer(name) { try await body(directory, order) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return DirectoryOutcome(answers.sorted { $0.name < $1.name })
    }
}

extension Set<Probe> {
    /// What several places say together.
    fileprivate var joined: Probe {
        if count == 1, let only = first { return only }
        return contains(.unknown) && !(contains(.absent) && contains(.inForce)) ? .unknown : .partly
    }
}
