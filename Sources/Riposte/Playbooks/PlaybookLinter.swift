/// Checks playbooks against what there is: actions, their parameters, detectors, each other. Reports everything.
public struct PlaybookLinter: Sendable {
    /// The actions that steps may name.
    public var actions: ActionRegistry
    /// Full names and families that a trigger may use.
    public var detectors: Set<DetectorName>
    /// Who has which role, and what holds for approvals where a playbook does not say.
    public var approvals = ApprovalSettings()
    /// The channels that people can be asked through; `nil` = not known.
    public var channels: [ChannelName]?

    /// Creates a linter.
    ///
    /// - Parameter detectors: full names; their families are taken in by themselves.
    public init(actions: ActionRegistry, detectors: some Sequence<DetectorName>) {
        self.actions = actions
        self.detectors = Set(detectors)
        self.detectors.formUnion(self.detectors.map(\.family))
    }

    /// What is wrong with these, and with them together: all of it, in the order of the playbooks.
    public func findings(for playbooks: [LocatedPlaybook]) -> [Finding] {
        Self.duplicates(in: playbooks) + playbooks.flatMap { findings(for: $0) }
    }

    /// Playbooks that have the slug of an earlier one.
    package static func duplicates(in playbooks: [LocatedPlaybook]) -> [Finding] {
        var first: [PlaybookSlug: SourceLocation?] = [:]
        return playbooks.compactMap { playbook in
            guard !playbook.playbook.slug.rawValue.isEmpty else { return nil }  // said already
            guard let earlier = first[playbook.playbook.slug] else {
                first[playbook.playbook.slug] = .some(playbook.location)
                return nil
            }
            let place = earlier.map { ", the first at \($0)" } ?? ""
            return Finding(.error, at: playbook.location, "two playbooks have the slug “\(playbook.playbook.slug)”\(place)")
        }
    }

    private func findings(for playbook: LocatedPlaybook) -> [Finding] {
        var findings = playbook.location == nil ? unreadable(playbook.playbook) : []
        findings += playbook.steps.flatMap { self.findings(for: $0) }
        findings += approvalFindings(for: playbook)
        for detector in playbook.playbook.triggers.flatMap(\.detectors) where !detectors.contains(detector) {
            let suggestion = Suggestion.forName(detector.rawValue, among: detectors.map(\.rawValue))
            let place = playbook.trigger.flatMap { Self.place(of: detector, in: $0) } ?? playbook.location
            findings.append(Finding(.error, at: place, "unknown detector “\(detector)”", suggestion: suggestion))
        }
        return findings
    }

    /// Where people are asked: whether enough of them may answer, and whether they are asked where they are.
    private func approvalFindings(for playbook: LocatedPlaybook) -> [Finding] {
        let wide = playbook.playbook.approvals
        var policies = playbook.steps.compactMap { step in step.step.approval.map { ($0.over(wide), step.location) } }
        if playbook.playbook.mode == .approve || !wide.isEmpty { policies.append((wide, playbook.location)) }
        return policies.flatMap { policy, place in
            var findings = approvals.problem(with: policy).map { [Finding(.error, at: place, $0)] } ?? []
            for name in policy.channels ?? [] where channels.map({ !$0.contains(name) }) ?? false {
                let isKnown = NotifyAdmin.knownChannels.contains(name)
                let suggestion = Suggestion.forName(name.rawValue, among: (channels ?? []).map(\.rawValue))
                let message = "approvals: the channel “\(name)” is not configured, so nobody is asked there"
                findings.append(Finding(isKnown ? .warning : .error, at: place, message, suggestion: suggestion))
            }
            return findings
        }
    }

    /// What is wrong with a playbook that was made in code. A run keeps its playbook's definition and must be able to
    /// read it again after a restart.
    private func unreadable(_ playbook: Playbook) -> [Finding] {
        PlaybookReader.read(LocatedValue(playbook.definition), defaultSlug: nil).findings.map {
            Finding($0.level, at: nil, "playbook “\(playbook.slug)”: \($0.message)", suggestion: $0.suggestion)
        }
    }

    private func findings(for located: LocatedStep) -> [Finding] {
        let step = located.step
        guard let action = actions[step.action] else { return [unknownAction(located)] }
        let names = action.schema.map(\.name)
        let unknown = step.parameters.keys.filter { !names.contains($0) }.sorted().map { name in
            Finding(
                .error, at: located.parameterKeys[name] ?? located.parameters[name].flatMap { $0 } ?? located.location,
                "\(action.name): unknown parameter “\(name)”", suggestion: Suggestion.forName(name, among: names + PlaybookReader.stepKeys))
        }
        let known = action.check(step.parameters.filter { names.contains($0.key) }).map { finding in
            let place = located.parameters[finding.parameter].flatMap { $0 } ?? located.location
            return Finding(finding.level == .error ? .error : .warning, at: place, "\(action.name): \(finding.message)")
        }
        return unknown + known + effectFindings(for: located, action)
    }

    private func unknownAction(_ located: LocatedStep) -> Finding {
        let name = located.step.action
        let suggestion = Suggestion.forName(name.rawValue, among: actions.names)
        return Finding(.error, at: located.location, "unknown action “\(name)”", suggestion: suggestion)
    }

    /// Where a detector's name stands in a trigger.
    private static func place(of detector: DetectorName, in value: LocatedValue) -> SourceLocation? {
        switch value.content {
        case .scalar(.string(detector.rawValue)): value.location
        case .scalar: nil
        case .list(let elements): elements.lazy.compactMap { place(of: detector, in: $0) }.first
        case .map(let members): members.lazy.compactMap { place(of: detector, in: $0.value) }.first
        }
    }
}
