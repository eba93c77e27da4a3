internal import Logging

extension IncidentResponder {
    /// Gives a playbook another mode than is written in it, from the next run on, until it is given another. Kept in the store
    /// with who and why. The ceiling of the configuration still counts.
    ///
    /// - Parameter mode: `nil` = again as it is written.
    /// - Throws: ``ResponderError`` for an unknown playbook.
    public func setMode(_ mode: PlaybookMode?, of slug: PlaybookSlug, actor: String, reason: String = "") async throws {
        try await recoverOnce()
        guard shelf[slug] != nil else { throw unknownPlaybook(slug) }
        try await modeGate.withLock("modes") {
            var overrides = try await store.guardState(.modes).flatMap(ModeOverrides.init) ?? ModeOverrides()
            guard overrides[slug]?.mode != mode else { return }
            overrides.add(.init(playbook: slug, mode: mode, actor: actor, reason: reason, at: clock.now()))
            try await engine.commit(WriteBatch([.putGuardState(.modes, overrides.json)]))
            engine.guard.put(overrides)
            logger.notice(
                "playbook \(slug) is \(mode.map { "in the mode \($0.rawValue)" } ?? "in the mode that is written in it") now",
                metadata: ["actor": "\(actor)", "reason": "\(reason)"])
        }
    }

    /// The modes that people have given to playbooks.
    public var modeOverrides: ModeOverrides { engine.guard.modes }

    /// The mode in which a playbook runs by itself now: as it was given or written, under the configuration's ceiling.
    public func mode(of playbook: Playbook) -> PlaybookMode {
        playbook.overridden(by: modeOverrides).mode.limited(to: configuration.mode)
    }

    func unknownPlaybook(_ slug: PlaybookSlug) -> ResponderError {
        let suggestion = Suggestion.forName(slug.rawValue, among: playbooks.map(\.slug.rawValue)).map { "; \($0)" } ?? ""
        return ResponderError(.unknownPlaybook, "there is no playbook “\(slug)”\(suggestion)")
    }

    func carryOut(_ mode: PlaybookMode?, of slug: PlaybookSlug, actor: String, reason: String) async throws -> String {
        try await setMode(mode, of: slug, actor: actor, reason: reason)
        guard let playbook = shelf[slug] else { throw unknownPlaybook(slug) }
        let (now, wanted) = (self.mode(of: playbook), mode ?? playbook.mode)
        let ceiling = now == wanted ? "" : "; the setting “mode: \(configuration.mode.rawValue)” keeps it in \(now.rawValue)"
        return "\(slug) is in the mode \(wanted.rawValue)" + (mode == nil ? ", as written" : "") + ceiling
    }
}
