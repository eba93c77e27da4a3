internal import Logging
internal import Synchronization

extension IncidentResponder {
    /// Puts a decision in force by hand. It is a run of its own, with an incident that says who and why.
    ///
    /// - Parameter duration: `nil` = 60 minutes.
    @discardableResult
    public func addDecision(
        _ target: Target, type: EffectKind = .ban, duration: Duration?, actor: String, reason: String, key: String? = nil
    ) async throws -> RunReport {
        try await recoverOnce()
        guard type == .ban else {
            throw ResponderError(.notAvailable, "decisions of the type “\(type)” are not available in this version; there is: ban")
        }
        guard case .address(let range) = target else {
            throw ResponderError(
                .invalidTarget, "a decision is about an address (203.0.113.9) or a network (203.0.113.0/24), not \(target)")
        }
        let parameters: [String: JSONValue] = duration.map { ["duration": .string(DurationText.format($0))] } ?? [:]
        let playbook = Playbook("manual_decision", name: "Decision by hand", steps: [Step(.blockIP, parameters: parameters)])
        let report = try await run(playbook, ["ip": .string(range.description)], actor: actor, reason: reason, incident: nil, key: key)
        if let step = report.steps.first, step.outcome.kind == .refused {
            throw ResponderError(.refused, "\(step.outcome.message) (recorded in \(report.incidentID))")
        }
        return report
    }

    // MARK: - Requests of other processes

    /// Looks for requests whenever another process has written to the store. They are carried out side by side: whoever undoes
    /// a run, or allows an address, does not wait for a step that hangs.
    func answerRequests() async {
        await withDiscardingTaskGroup { group in
            var seen: Int64?
            await repeating(every: .milliseconds(50)) { responder in
                let now = responder.clock.now()
                let marker = try await responder.store.changeMarker()
                // Also where nothing has changed: then a run that starts need not look once more.
                try await responder.lookAtGuard(marker: marker, now)
                guard marker != seen || responder.state.withLock({ $0.requests.hasFailed }) else { return }
                responder.state.withLock { $0.requests.hasFailed = false }
                for request in try await responder.store.openRequests() {
                    guard responder.state.withLock({ $0.requests.inHand.insert(request.id).inserted }) else { continue }
                    group.addTask { await responder.answerAlone(request.id) }
                }
                seen = marker
            }
        }
    }

    /// Answers a request that nobody else has in hand. Where the store takes no answer it is carried out again later.
    private func answerAlone(_ id: String) async {
        var hasFailed = false
        do {
            // Read again: it may have been answered between the look at all of them and its being taken in hand.
            if let request = try await store.request(id), request.answeredAt == nil { try await answerAndWrite(request) }
        } catch {
            hasFailed = true
            let isNews = state.withLock { $0.requests.complaint.isNews("\(error)", at: clock.now()) }
            logger.log(level: isNews ? .error : .debug, "a request is carried out later: \(error)", metadata: ["request": "\(id)"])
            try? await clock.sleep(until: clock.now() + .seconds(1))
        }
        state.withLock { state in
            state.requests.inHand.remove(id)
            state.requests.hasFailed = state.requests.hasFailed || hasFailed
        }
    }

    /// Carries out every request that nobody has answered, oldest first.
    package func answerOpenRequests() async throws {
        try await recoverOnce()
        for request in try await store.openRequests() { try await answerAndWrite(request) }
    }

    private func answerAndWrite(_ request: ControlRequest) async throws {
        var answered = request
        answered.answer = try await answer(request)
        answered.answeredAt = clock.now()
        try await engine.commit(WriteBatch([.putRequest(answered)]))
    }

    /// Carries out one request. Doing it twice is harmless: runs are found again by the request's id, the rest is idempotent.
    ///
    /// - Throws: what the store throws while it cannot be written: then nothing is answered yet, and what has begun goes on
    ///   later.
    package func answer(_ request: ControlRequest) async throws -> ControlRequest.Answer {
        do {
            return try await carryOut(request)
        } catch let error as StoreError where error.code == .cannotWrite || error.code == .busy {
            throw error
        } catch {
            logger.notice("request refused: \(error)", metadata: ["request": "\(request.id)", "actor": "\(request.actor)"])
            return .refused("\(error)")
        }
    }

    private func carryOut(_ request: ControlRequest) async throws -> ControlRequest.Answer {
        switch request.command {
        case .runPlaybook(let slug, let context, let reason):
            guard let playbook = shelf[slug] else { throw unknownPlaybook(slug) }
            return Self.answer(
                try await run(limited(playbook), context, actor: request.actor, reason: reason, incident: nil, key: request.id))
        case .addDecision(let target, let type, let seconds, let reason):
            let report = try await addDecision(
                target, type: type, duration: seconds.map { .seconds($0) }, actor: request.actor, reason: reason, key: request.id)
            return Self.answer(report)
        case .removeDecision(let target, let reason):
            let effects = try await removeDecisions(on: target, actor: request.actor, reason: reason)
            return .done(Self.sentence(effects, "no decision on \(target) is in force"), incident: effects.first?.incidentID)
        case .allow(let target, let seconds, let isOperator, let reason):
            let (entry, lifted) = try await allow(
                target, for: seconds.map { .seconds($0) }, isOperator: isOperator, actor: request.actor, reason: reason, key: request.id)
            return .done(
                ([Self.sentence(entry)] + (lifted.isEmpty ? [] : [Self.sentence(lifted, "")])).joined(separator: "\n"), incident: nil)
        case .disallow(let target, let reason):
            let ended = try await disallow(target, actor: request.actor, reason: reason)
            return .done(
                ended.isEmpty ? "\(target) is not on the allowlist" : TerminalText.safe("\(target) is off the allowlist"), incident: nil)
        case .undo(let scope, let reason):
            let report = try await undo(scope, actor: request.actor, reason: reason)
            return .done(report.text, incident: report.incidents.count == 1 ? report.incidents[0] : nil)
        case .unlock(let user, let incident):
            let nothing = TerminalText.safe("nothing was lifted for \(user): the link has been used, or what it lifts was over")
            return .done(Self.sentence(try await unlock(user, in: incident), nothing), incident: incident)
        case .acknowledgeIncident(let id, let note):
            return .done(Self.sentence(try await acknowledge(id, actor: request.actor, note: note)), incident: id)
        case .changeIncident(let id, let change):
            return .done(try await carryOut(change, of: id, actor: request.actor), incident: id)
        case .answerApproval(let id, let decision, let reason):
            return .init(try await self.answer(id, decision, actor: request.actor, reason: reason), decision)
        case .setMode(let slug, let mode, let reason):
            return .done(try await carryOut(mode, of: slug, actor: request.actor, reason: reason), incident: nil)
        case .reloadPlaybooks:
            try await reloadStoredPlaybooks()
            return .done("playbooks read again", incident: nil)
        }
    }

    private static func answer(_ report: RunReport) -> ControlRequest.Answer {
        let lines = report.steps.map {
            TerminalText.safe("\($0.action)\($0.path.target.map { " \($0)" } ?? ""): \($0.outcome.kind.rawValue): \($0.outcome.message)")
        }
        let stand =
            report.waitingFor.map { "waits for people: riposte approval show \($0), then grant or deny it" } ?? report.status.rawValue
        return .done((["run \(report.runID) \(stand)"] + lines).joined(separator: "\n"), incident: report.incidentID)
    }

    private static func sentence(_ change: LifecycleChange) -> String {
        let incident = change.incident
        guard !change.isNew, let taken = incident.acknowledgement else { return "\(incident.id) is acknowledged" }
        return TerminalText.safe("\(incident.id) was acknowledged already, by \(taken.actor) at \(taken.at.toTheSecond)")
    }

    static func sentence(_ change: LifecycleChange, inForce: [Effect]) -> String {
        let incident = change.incident
        let since = incident.history.last.map { ", by \($0.actor) at \($0.at.toTheSecond)" } ?? ""
        var lines = [
            change.isNew
                ? "\(incident.id) is resolved" : TerminalText.safe("\(incident.id) was \(incident.status.rawValue) already\(since)")
        ]
        guard !inForce.isEmpty else { return lines.joined(separator: "\n") }
        lines += ["still in force:"] + inForce.map { TerminalText.safe("  " + $0.inForceText) }
        return (lines + ["take it back with: riposte incident undo \(incident.id)"]).joined(separator: "\n")
    }

    private static func sentence(_ entry: AllowlistEntry) -> String {
        let until = entry.expiresAt.map { "until \($0.toTheSecond)" } ?? "for good"
        return TerminalText.safe("\(entry.target) is \(entry.isOperator ? "protected as an operator's" : "on the allowlist") \(until)")
    }

    private static func sentence(_ effects: [Effect], _ nothing: String) -> String {
        guard !effects.isEmpty else { return nothing }
        return effects.map { TerminalText.safe("\($0.kind) on \($0.target): \(fate($0))") }.joined(separator: "\n")
    }

    /// What has become of an effect that somebody has had taken back.
    private static func fate(_ effect: Effect) -> String {
        switch effect.state {
        case .ended: "taken back"
        case .active: "stays: it cannot be taken back"
        default: "could not be taken back yet, and is tried again (\(effect.note ?? ""))"
        }
    }
}
