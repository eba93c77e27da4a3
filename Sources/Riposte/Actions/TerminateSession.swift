/// Ends one session: the one that did it.
public struct TerminateSession: ExpiringAction, ProbingAction {
    public let name: ActionName = .terminateSession
    public let targetKind: Target.Kind? = .session
    private let sessions: SessionDirectories

    /// - Parameter sessions: the directories that end what they know, and the decision beside them.
    public init(sessions: SessionDirectories) { self.sessions = sessions }

    public struct Parameters: ActionParameters {
        static let session = Parameter.text("session", "The session, where it is not the run's.")
        static let lifetime = Parameter.duration(
            "session_lifetime", default: .hours(24 * 30), "How long a session can last at most: so long it is refused.")
        public static let schema = [session.description, lifetime.description]
        var session: String?
        var lifetime: Duration

        public init(_ values: ParameterValues) throws {
            session = try values.optional(Self.session)
            lifetime = try values[Self.lifetime]
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Ends one session.",
            discussion:
                "Only the session that the run is about. Without one it fails; it never falls back to all sessions of a user. Of the detectors "
                + "that come with Riposte those name one that find somebody getting in: success_after_failures and critical "
                + "credential_stuffing, where the event of the sign-in says which. By hand: --context session=4f2a.",
            reads: ["session", "user"], writes: ["terminated_session"], example: "{action: terminate_session}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.session.map(Target.session) }

    public func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        [PlannedEffect(kind: .sessionTerminated, target: .session(try session(context)), expiresAt: context.now + parameters.lifetime)]
    }

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { return .failure("nothing was planned") }
        let (session, user, key) = (effect.target.value, context[.user]?.id, context.idempotencyKey)
        return try await sessions.end(effect, .single) { try await $0.terminateSession(session, of: user, key: key) }
            .result("ended the session \(session)", caveat: sessions.caveat(.single), context: ["terminated_session": session])
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let session = try session(context)
        return .success("would end the session \(session)", context: ["terminated_session": session])
    }

    public func expire(_ effect: Effect) async throws -> ActionResult { try await sessions.forget(effect) }
    public func probe(_ effect: Effect) async throws -> Probe { try await sessions.probe(effect) }

    private func session(_ context: ResponseContext) throws -> String {
        guard case .session(let session)? = context.target else { throw MissingContext("session") }
        return session
    }
}
