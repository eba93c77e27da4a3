/// Checks playbooks against what there is: actions, their parameters, detectors, each other. Reports everything.
public struct PlaybookLinter: Sendable {
    public var actions: ActionRegistry
    /// Full names and families that a trigger may use.
    public var detectors: Set<DetectorName>

    /// Actions that the specification names and this version does not carry out yet: a playbook with one loads, and the
    /// step fails when it runs.
    public static let announcedActions: [ActionName] = [
        "block_user", "enable_enhanced_logging", "force_password_reset", "rate_limit_ip", "require_two_factor", "require_2fa",
        "revoke_sessions", "terminate_session",
    ]

    static func isAnnounced(_ name: ActionName) -> Bool { announcedActions.contains(name) }

    public init(actions: ActionRegistry, detectors: some Sequence<DetectorName>) {
        self.actions = actions
        self.detectors = Set(detectors)
        self.detectors.formUnion(self.detectors.map(\.family))
    }

    public func findings(for playbooks: [LocatedPlaybook]) -> [Finding] {
        duplicates(in: playbooks) + playbooks.flatMap { findings(for: $0) }
    }

    private func duplicates(in playbooks: [LocatedPlaybook]) -> [Finding] {
        var first: [PlaybookSlug: SourceLocation?] = [:]
        return playbooks.compactMap { playbook in
            guard let earlier = first.updateValue(playbook.location, forKey: playbook.playbook.slug) else { return nil }
            let place = earlier.map { ", the first at \($0)" } ?? ""
            return Finding(.error, at: playbook.location, "two playbooks have the slug “\(playbook.playbook.slug)”\(place)")
        }
    }

    private func findings(for playbook: LocatedPlaybook) -> [Finding] {
        var findings = playbook.steps.flatMap { self.findings(for: $0) }
        if playbook.steps.isEmpty { findings.append(Finding(.error, at: playbook.location, "playbook “\(playbook.playbook.slug)” has no steps")) }
        for detector in playbook.playbook.triggers.flatMap(\.detectors) where !detectors.contains(detector) {
            let suggestion = Suggestion.forName(detector.rawValue, among: detectors.map(\.rawValue))
            let place = playbook.trigger.flatMap { Self.place(of: detector, in: $0) } ?? playbook.location
            findings.append(Finding(.error, at: place, "unknown detector “\(detector)”", suggestion: suggestion))
        }
        return findings
    }

    private func findings(for located: LocatedStep) -> [Finding] {
        guard let action = actions[located.step.action] else {
            let suggestion = Suggestion.forName(located.step.action.rawValue, among: actions.names)
            return [Finding(.error, at: located.location, "unknown action “\(located.step.action)”", suggestion: suggestion)]
        }
        return action.check(located.step.parameters).map { finding in
            let place = located.parameters[finding.parameter].flatMap { $0 } ?? located.location
            let level: Finding.Level = finding.level == .error ? .error : .warning
            return Finding(level, at: place, "\(action.name): \(finding.message)")
        }
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
