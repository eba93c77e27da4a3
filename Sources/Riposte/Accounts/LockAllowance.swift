/// How long a user may be kept out without a sign that the attacker got in. A few wrong passwords have anybody locked, so
/// that being locked out is a thing that attackers can ask for.
struct LockAllowance: Sendable {
    /// So much in ``window``, locks and blocks of all incidents together.
    static let total: Duration = .minutes(30)
    static let window: Duration = .hours(24)

    let store: any IncidentStore

    /// When something that begins now ends, within what is left; `nil` where nothing is.
    func end(_ length: Containment, _ user: String, _ context: ResponseContext) async throws -> (at: Timestamp, isPermanent: Bool)? {
        if context.trigger.anomaly == nil || context.hasTakeoverEvidence {
            return (length.end(from: context.now) ?? .distantFuture, length.duration == nil)
        }
        let left = Self.total - (try await used(user, context))
        guard left >= .seconds(1) else { return nil }
        return (context.now + min(length.duration ?? left, left), false)
    }

    /// How long this user has been, and is going to be, kept out by effects of the last 24 hours.
    private func used(_ user: String, _ context: ResponseContext) async throws -> Duration {
        let since = context.now - Self.window
        let effects = try await store.effects(EffectQuery(target: .user(user), createdSince: since - Self.total))
        return effects.filter { $0.kind.keepsUserOut && $0.runID != context.runID && $0.activeSince != nil }
            .reduce(Duration.zero) { sum, effect in
                let start = max(effect.activeSince ?? effect.createdAt, since)
                // A lock ends at its time, however late it was taken off the books.
                let end = min(effect.endedAt ?? .distantFuture, effect.expiresAt ?? context.now)
                return sum + max(end - start, .zero)
            }
    }

    static func usedUp(_ user: String) -> String {
        "\(user) has been locked for \(DurationText.format(total)) in the last 24 hours already, and nothing says that the attacker got in; "
            + "locking again would lock the user out: require a second factor instead"
    }
}

extension EffectKind {
    fileprivate var keepsUserOut: Bool { self == .accountLock || self == .accountBlock }
}
