/// Reads playbooks from their written form, whether it came from YAML, JSON or the store. Reports everything that is
/// wrong, not the first thing; knows the language, not which actions and detectors there are (``PlaybookLinter`` does).
public struct PlaybookReader {
    package var findings: [Finding] = []

    package init() {}

    /// Reads one playbook. It is `nil` exactly where there is an error among the findings.
    public static func read(_ value: LocatedValue, defaultSlug: String?) -> (playbook: Playbook?, findings: [Finding]) {
        let (located, findings) = readLocated(value, defaultSlug: defaultSlug)
        return (located?.playbook, findings)
    }

    /// The same, with the places of its parts, for the linter.
    public static func readLocated(_ value: LocatedValue, defaultSlug: String?) -> (playbook: LocatedPlaybook?, findings: [Finding]) {
        let (playbook, findings) = readPartly(value, defaultSlug: defaultSlug)
        return (findings.contains { $0.level == .error } ? nil : playbook, findings)
    }

    /// What could be read, errors or not: never to be run, only to be linted, so that one check finds everything.
    package static func readPartly(_ value: LocatedValue, defaultSlug: String?) -> (playbook: LocatedPlaybook?, findings: [Finding]) {
        var reader = PlaybookReader()
        let playbook = reader.playbook(value, defaultSlug: defaultSlug)
        return (playbook, reader.findings)
    }

    static let playbookKeys = [
        "slug", "name", "description", "enabled", "mode", "priority", "trigger", "on_error", "deadline", "cooldown", "approvals", "tags",
        "actions",
    ]
    /// Keys of the language that this version does not carry out yet: refused by name, never taken for something else.
    static let laterPlaybookKeys = ["concurrency", "limits", "tests"]
    static let stepKeys = ["id", "action", "with", "retry", "timeout", "on_error", "escalate", "verify", "approve"] + stepApprovalKeys
    static let laterStepKeys = [
        "when", "expires", "undo", "if", "then", "else", "switch", "cases", "parallel", "join", "for_each", "while", "max_iterations",
        "do", "wait", "run",
    ]
    static let triggerKeys = ["detector", "severity"]
    static let laterTriggerKeys = ["rule", "when"]

    private mutating func playbook(_ value: LocatedValue, defaultSlug: String?) -> LocatedPlaybook? {
        guard let map = map(value, "a playbook", known: Self.playbookKeys, later: Self.laterPlaybookKeys) else { return nil }
        let name = map["name"].flatMap { text($0, "name") }
        let written = map["slug"].map { text($0, "slug") }
        let slugText = written ?? defaultSlug ?? name.map(Self.slug)
        if written != .some(nil) { check(slug: slugText, at: map["slug"]?.location ?? map["name"]?.location ?? value.location) }
        var playbook = Playbook(PlaybookSlug(slugText ?? ""), name: name, steps: [])
        if let value = map["description"] { playbook.summary = text(value, "description") ?? "" }
        if let value = map["enabled"], let flag = flag(value, "enabled") { playbook.isEnabled = flag }
        if let value = map["mode"], let mode: PlaybookMode = word(value, "mode") { playbook.mode = mode }
        if let value = map["priority"], let number = integer(value, "priority", in: -1000...1000) { playbook.priority = number }
        if let value = map["on_error"], let policy: FailurePolicy = word(value, "on_error") { playbook.onError = policy }
        if let value = map["deadline"], let duration = duration(value, "deadline") { playbook.deadline = duration }
        if let value = map["cooldown"], let duration = duration(value, "cooldown", orZero: true) { playbook.cooldown = duration }
        if let value = map["approvals"] { playbook.approvals = approvals(value, "approvals") }
        if let value = map["tags"] { playbook.tags = value.json == [] ? [] : texts(value, "tags") ?? [] }
        if let value = map["trigger"] { playbook.triggers = triggers(value) }
        let steps = map["actions"].map { self.steps($0) } ?? []
        if map["actions"] == nil {
            error(value.location, "playbook “\(playbook.slug)” has no actions", "add “actions:” with at least one step")
        }
        playbook.steps = steps.map(\.step)
        return LocatedPlaybook(playbook: playbook, location: value.location, steps: steps, trigger: map["trigger"])
    }

    private mutating func check(slug: String?, at location: SourceLocation?) {
        guard let slug, !slug.isEmpty else { return error(location, "a playbook needs a name or a slug") }
        guard slug.utf8.count > 100 || !slug.allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) }) else { return }
        error(location, "a slug holds letters, digits, “_”, “-” and “.”, at most 100 bytes; got \(Self.got(LocatedValue(.string(slug))))")
    }

    private mutating func triggers(_ value: LocatedValue) -> [Trigger] {
        if case .list(let elements) = value.content { return elements.compactMap { trigger($0) } }
        return trigger(value).map { [$0] } ?? []
    }

    private mutating func trigger(_ value: LocatedValue) -> Trigger? {
        if case .scalar(let scalar) = value.content {
            let suggestion =
                scalar.string.map { "write {detector: \($0)}" } ?? "write {} for any anomaly, or leave it out to start it by hand only"
            error(value.location, "“trigger” must be a map; got \(Self.got(value))", suggestion)
            return nil
        }
        guard let map = map(value, "a trigger", known: Self.triggerKeys, later: Self.laterTriggerKeys) else { return nil }
        var trigger = Trigger()
        if let value = map["detector"] { trigger.detectors = (texts(value, "detector") ?? []).map { DetectorName($0) } }
        if let value = map["severity"] { trigger.severity = severity(value) }
        return trigger
    }

    package mutating func severity(_ value: LocatedValue) -> SeverityCondition {
        if case .list(let elements) = value.content {
            if elements.isEmpty { error(value.location, "an empty list of severities is never met") }
            return .exactly(Set(elements.compactMap { severityName($0) }))
        }
        return severityName(value).map(SeverityCondition.atLeast) ?? .any
    }

    package mutating func severityName(_ value: LocatedValue, _ what: String = "severity") -> Severity? {
        guard let name = text(value, what) else { return nil }
        if let severity = Severity(name: name) { return severity }
        error(value.location, "unknown severity “\(name)”", Suggestion.forName(name, among: Severity.allCases.map(\.name)))
        return nil
    }

    private mutating func steps(_ value: LocatedValue) -> [LocatedStep] {
        guard case .list(let elements) = value.content else {
            error(value.location, "“actions” must be a list of steps; got \(Self.got(value))")
            return []
        }
        if elements.isEmpty { error(value.location, "a playbook needs at least one step") }
        return withUniqueIDs(elements.compactMap { step($0) })
    }

    /// Written ids must differ; the others make way for them.
    private mutating func withUniqueIDs(_ steps: [LocatedStep]) -> [LocatedStep] {
        var taken: Set<String> = []
        for step in steps where step.hasWrittenID && !taken.insert(step.step.id).inserted {
            error(step.location, "two steps have the id “\(step.step.id)”")
        }
        return steps.map { located in
            var located = located
            if !located.hasWrittenID { located.step.id = Step.uniqueID(located.step.id, among: &taken) }
            return located
        }
    }

    private mutating func step(_ value: LocatedValue) -> LocatedStep? {
        if case .scalar(.string(let name)) = value.content, !name.isEmpty {  // `- lock_account` alone
            return LocatedStep(step: Step(ActionName(name)), location: value.location, parameters: [:], hasWrittenID: false)
        }
        guard case .map(let members) = value.content else {
            error(value.location, "a step must be a map with an “action”; got \(Self.got(value))")
            return nil
        }
        var parts = StepParts()
        for member in members { sort(member, into: &parts) }
        if let with = parts.reserved["with"] { addParameters(with, to: &parts) }
        guard let actionValue = parts.reserved["action"] else {
            let near = members.map(\.key).first { Suggestion.distance(Array($0.utf8), Array("action".utf8)) <= 2 }
            error(value.location, "a step needs an “action”", near.map { "did you mean “action” where “\($0)” stands?" })
            return nil
        }
        guard let action = text(actionValue, "action") else { return nil }
        return LocatedStep(
            step: finish(Step(ActionName(action)), parts), location: actionValue.location ?? value.location,
            parameters: parts.parameters.mapValues(\.value.location), hasWrittenID: parts.reserved["id"] != nil,
            parameterKeys: parts.parameters.compactMapValues(\.keyLocation))
    }

    /// A step's members: those of the language, and the action's parameters.
    private struct StepParts {
        var reserved: [String: LocatedValue] = [:]
        var parameters: [String: LocatedValue.Member] = [:]
    }

    private mutating func sort(_ member: LocatedValue.Member, into parts: inout StepParts) {
        if Self.laterStepKeys.contains(member.key) {
            notYet(member)
        } else if parts.reserved[member.key] != nil || parts.parameters[member.key] != nil {
            twice(member)
        } else if Self.stepKeys.contains(member.key) {
            parts.reserved[member.key] = member.value
        } else {
            parts.parameters[member.key] = member
        }
    }

    private mutating func addParameters(_ with: LocatedValue, to parts: inout StepParts) {
        guard case .map(let members) = with.content else { return error(with.location, "“with” must be a map; got \(Self.got(with))") }
        for member in members {
            if parts.parameters[member.key] != nil { twice(member) } else { parts.parameters[member.key] = member }
        }
    }

    private mutating func finish(_ start: Step, _ parts: StepParts) -> Step {
        let map = parts.reserved
        var step = start
        step.parameters = parts.parameters.mapValues(\.value.json)
        if let value = map["id"] { step.id = text(value, "id") ?? step.id }
        if let value = map["on_error"] { step.onError = word(value, "on_error") }
        if let value = map["timeout"], let timeout = duration(value, "timeout") { step.timeout = timeout }
        if let value = map["retry"] { step.retry = retry(value) }
        if let value = map["escalate"] { step.escalation = escalation(value) }
        if let value = map["verify"] { step.verify = verify(value) }
        step.approval = approval(map)
        return step
    }

    private mutating func retry(_ value: LocatedValue) -> RetryPolicy {
        var policy = RetryPolicy.standard
        guard let map = map(value, "“retry”", known: ["attempts", "delay", "backoff", "max_delay", "jitter", "on"], later: []) else {
            return policy
        }
        if let value = map["attempts"], let count = integer(value, "attempts", in: 1...100) { policy.attempts = count }
        if let value = map["delay"], let delay = duration(value, "delay", orZero: true) { policy.delay = delay }
        if let value = map["max_delay"], let delay = duration(value, "max_delay", orZero: true) { policy.maximumDelay = delay }
        if let value = map["jitter"], let flag = flag(value, "jitter") { policy.hasJitter = flag }
        if let value = map["backoff"], let name = choice(value, "backoff", ["exponential", "constant"]) {
            policy.isExponential = name == "exponential"
        }
        if let value = map["on"] {
            let kinds = texts(value, "on") ?? []
            for kind in kinds where !["transient", "timeout"].contains(kind) {
                error(value.location, "“on” knows transient and timeout; got “\(kind)”")
            }
            policy.retriesTimeouts = kinds.contains("timeout")
        }
        return policy
    }

    /// `Critical anomaly auto-block` → `critical-anomaly-auto-block`.
    static func slug(_ name: String) -> String {
        let words = name.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.joined(separator: "-")
    }
}

/// A playbook with the places where its parts were written.
public struct LocatedPlaybook: Sendable, Hashable {
    /// The playbook.
    public var playbook: Playbook
    /// Where it begins; `nil` for one that was made in code.
    public var location: SourceLocation?
    /// Its steps, with their places.
    public var steps: [LocatedStep]
    /// Its trigger as it is written; `nil` = it has none, or was made in code.
    public var trigger: LocatedValue?

    /// Puts a playbook and its places together; without any it is as if made in code.
    public init(playbook: Playbook, location: SourceLocation? = nil, steps: [LocatedStep]? = nil, trigger: LocatedValue? = nil) {
        self.playbook = playbook
        self.location = location
        self.steps = steps ?? playbook.steps.map { LocatedStep(step: $0, location: nil, parameters: [:], hasWrittenID: true) }
        self.trigger = trigger
    }
}

/// A step with the places where its action and parameters were written.
public struct LocatedStep: Sendable, Hashable {
    /// The step.
    public var step: Step
    /// Where its action is named.
    public var location: SourceLocation?
    /// Where the values of its parameters stand, by name.
    public var parameters: [String: SourceLocation?]
    package var hasWrittenID: Bool
    /// Where the parameters' names stand; `parameters` says where their values do.
    package var parameterKeys: [String: SourceLocation] = [:]
}
