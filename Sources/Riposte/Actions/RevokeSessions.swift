/// Ends every session and token of a user that began before now.
public struct RevokeSessions: ExpiringAction, ProbingAction {
    public let name: ActionName = .revokeSessions
    public let targetKind: Target.Kind? = .user
    private let sessions: SessionDirectories

    /// - Parameter sessions: the directories that end what they know, and the decision beside them.
    public init(sessions: SessionDirectories) { self.sessions = sessions }

    public struct Parameters: ActionParameters {
        static let lifetime = Parameter.duration(
            "token_lifetime", default: .hours(24 * 30),
            "How long a token can be valid at most: so long the ones from before are refused.")
        public static let schema = [AccountParameters.user.description, lifetime.description]
        let account: AccountParameters
        var lifetime: Duration

        public init(_ values: ParameterValues) throws {
            account = try AccountParameters(values)
            lifetime = try values[Self.lifetime]
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Ends every session and token of a user.",
            discussion: """
                The session directories end what they know, and whatever asks Riposte refuses every session and token that began \
                before, so that those die too which nobody keeps a list of. The user can sign in again at once. A later attack in the \
                same incident ends what began in between.
                """,
            reads: ["user"], writes: ["sessions_revoked"], example: "{action: revoke_sessions}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.account.target }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [PlannedEffect(kind: .sessionsRevoked, target: .user(try context.requireUser()), expiresAt: context.now + parameters.lifetime)]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        let (user, key) = (effect.target.value, context.idempotencyKey)
        let outcome = try await sessions.end(effect, .allOfUser) {
            try await $0.revokeSessions(of: user, before: effect.createdAt, key: key)
        }
        let count = outcome.count > 0 ? " (\(outcome.count) known)" : ""
        return outcome.result(
            "ended the sessions of \(user) from before \(effect.createdAt.toTheSecond)\(count)", caveat: sessions.caveat(.allOfUser),
            context: ["sessions_revoked": user])
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        return .success("would end the sessions of \(user)", context: ["sessions_revoked": user])
    }

    public func expire(_ effect: Effect) async throws -> ActionResult { try await sessions.forget(effect) }
    public func probe(_ effect: Effect) async throws -> Probe { try await sessions.probe(effect) }
}
