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
        var reader = PlaybookReader()
        let playbook = reader.playbook(value, defaultSlug: defaultSlug)
        return (reader.findings.contains { $0.level == .error } ? nil : playbook, reader.findings)
    }

    static let playbookKeys = [
        "slug", "name", "description", "enabled", "mode", "priority", "trigger", "on_error", "deadline", "cooldown", "tags", "actions",
    ]
    /// Keys of the language that this version does not carry out yet: refused by name, never taken for something else.
    static let laterPlaybookKeys = ["concurrency", "limits", "tests"]
    static let stepKeys = ["id", "action", "with", "retry", "timeout", "on_error"]
    static let laterStepKeys = [
        "when", "expires", "undo", "verify", "approve", "approvers", "quorum", "four_eyes", "on_timeout", "if", "then", "else", "switch",
        "cases", "parallel", "join", "for_each", "while", "max_iterations", "do", "wait", "run", "escalate",
    ]
    static let triggerKeys = ["detector", "severity"]
    static let laterTriggerKeys = ["rule", "when"]

    private mutating func playbook(_ value: LocatedValue, defaultSlug: String?) -> LocatedPlaybook? {
        guard let map = map(value, "a playbook", known: Self.playbookKeys, later: Self.laterPlaybookKeys) else { return nil }
        let name = map["name"].flatMap { text($0, "name") }
        let slugText = map["slug"].flatMap { text($0, "slug") } ?? defaultSlug ?? name.map(Self.slug)
        if slugText == nil || slugText == "" { error(value.location, "a playbook needs a name or a slug") }
        var playbook = Playbook(PlaybookSlug(slugText ?? ""), name: name, steps: [])
        if let value = map["description"] { playbook.summary = text(value, "description") ?? "" }
        if let value = map["enabled"], let flag = flag(value, "enabled") { playbook.isEnabled = flag }
        if let value = map["mode"], let mode: PlaybookMode = word(value, "mode") { playbook.mode = mode }
        if let value = map["priority"], let number = integer(value, "priority", in: -1000...1000) { playbook.priority = number }
        if let value = map["on_error"], let policy: FailurePolicy = word(value, "on_error") { playbook.onError = policy }
        if let value = map["deadline"], let duration = duration(value, "deadline") { playbook.deadline = duration }
        if let value = map["cooldown"], let duration = duration(value, "cooldown") { playbook.cooldown = duration }
        if let value = map["tags"] { playbook.tags = texts(value, "tags") ?? [] }
        if let value = map["trigger"] { playbook.triggers = triggers(value) }
        let steps = map["actions"].map { self.steps($0) } ?? []
        if map["actions"] == nil { error(value.location, "playbook “\(playbook.slug)” has no actions", "add “actions:” with at least one step") }
        playbook.steps = steps.map(\.step)
        return LocatedPlaybook(playbook: playbook, location: value.location, steps: steps, trigger: map["trigger"])
    }

    private mutating func triggers(_ value: LocatedValue) -> [Trigger] {
        if case .list(let elements) = value.content { return elements.compactMap { trigger($0) } }
        return trigger(value).map { [$0] } ?? []
    }

    private mutating func trigger(_ value: LocatedValue) -> Trigger? {
        if case .scalar(.null) = value.content { return Trigger() }
        guard let map = map(value, "a trigger", known: Self.triggerKeys, later: Self.laterTriggerKeys) else { return nil }
        var trigger = Trigger()
        if let value = map["detector"] { trigger.detectors = (texts(value, "detector") ?? []).map { DetectorName($0) } }
        if let value = map["severity"] { trigger.severity = severity(value) }
        return trigger
    }

    private mutating func severity(_ value: LocatedValue) -> SeverityCondition {
        if case .list(let elements) = value.content {
            if elements.isEmpty { error(value.location, "an empty list of severities is never met") }
            return .exactly(Set(elements.compactMap { severityName($0) }))
        }
        return severityName(value).map(SeverityCondition.atLeast) ?? .any
    }

    private mutating func severityName(_ value: LocatedValue) -> Severity? {
        guard let name = text(value, "severity") else { return nil }
        if let severity = Severity(name: name) { return severity }
        error(value.location, "unknown severity “\(name)”", Suggestion.forName(name, among: Severity.allCases.map(\.name)))
        return nil
    }

    private mutating func steps(_ value: LocatedValue) -> [LocatedStep] {
        guard case .list(let elements) = value.content else {
            error(value.location, "“actions” must be a list of steps; got \(value.json.kindName)")
            return []
        }
        if elements.isEmpty { error(value.location, "a playbook needs at least one step") }
        var seen: [String: Int] = [:]
        return elements.compactMap { element in
            guard var located = step(element) else { return nil }
            let count = (seen[located.step.id] ?? 0) + 1
            seen[located.step.id] = count
            if count > 1 {
                if located.hasWrittenID { error(element.location, "two steps have the id “\(located.step.id)”") }
                located.step.id += "-\(count)"
            }
            return located
        }
    }

    private mutating func step(_ value: LocatedValue) -> LocatedStep? {
        if case .scalar(.string(let name)) = value.content {  // `- lock_account` alone
            return LocatedStep(step: Step(ActionName(name)), location: value.location, parameters: [:], hasWrittenID: false)
        }
        guard case .map(let members) = value.content else {
            error(value.location, "a step must be a map with an “action”; got \(value.json.kindName)")
            return nil
        }
        var map: [String: LocatedValue] = [:]
        var parameters: [String: LocatedValue] = [:]
        for member in members {
            if Self.laterStepKeys.contains(member.key) {
                error(member.keyLocation, "“\(member.key)” is a word of the playbook language that this version does not carry out yet")
            } else if Self.stepKeys.contains(member.key) {
                if map.updateValue(member.value, forKey: member.key) != nil { error(member.keyLocation, "“\(member.key)” is there twice") }
            } else if parameters.updateValue(member.value, forKey: member.key) != nil {
                error(member.keyLocation, "“\(member.key)” is there twice")
            }
        }
        if let with = map["with"] { addParameters(with, to: &parameters) }
        guard let actionValue = map["action"] else {
            error(value.location, "a step needs an “action”")
            return nil
        }
        guard let action = text(actionValue, "action") else { return nil }
        return LocatedStep(
            step: finish(Step(ActionName(action)), map, parameters), location: actionValue.location ?? value.location,
            parameters: parameters.mapValues(\.location), hasWrittenID: map["id"] != nil)
    }

    private mutating func addParameters(_ with: LocatedValue, to parameters: inout [String: LocatedValue]) {
        guard case .map(let members) = with.content else { return error(with.location, "“with” must be a map; got \(with.json.kindName)") }
        for member in members where parameters.updateValue(member.value, forKey: member.key) != nil {
            error(member.keyLocation, "“\(member.key)” is there twice")
        }
    }

    private mutating func finish(_ start: Step, _ map: [String: LocatedValue], _ parameters: [String: LocatedValue]) -> Step {
        var step = start
        step.parameters = parameters.mapValues(\.json)
        if let value = map["id"] { step.id = text(value, "id") ?? step.id }
        if let value = map["on_error"] { step.onError = word(value, "on_error") }
        if let value = map["timeout"], let timeout = duration(value, "timeout") { step.timeout = timeout }
        if let value = map["retry"] { step.retry = retry(value) }
        return step
    }

    private mutating func retry(_ value: LocatedValue) -> RetryPolicy {
        var policy = RetryPolicy.standard
        guard let map = map(value, "“retry”", known: ["attempts", "delay", "backoff", "max_delay", "jitter", "on"], later: []) else { return policy }
        if let value = map["attempts"], let count = integer(value, "attempts", in: 1...100) { policy.attempts = count }
        if let value = map["delay"], let delay = duration(value, "delay") { policy.delay = delay }
        if let value = map["max_delay"], let delay = duration(value, "max_delay") { policy.maximumDelay = delay }
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
    public var playbook: Playbook
    public var location: SourceLocation?
    public var steps: [LocatedStep]
    public var trigger: LocatedValue?

    public init(playbook: Playbook, location: SourceLocation? = nil, steps: [LocatedStep]? = nil, trigger: LocatedValue? = nil) {
        self.playbook = playbook
        self.location = location
        self.steps = steps ?? playbook.steps.map { LocatedStep(step: $0, location: nil, parameters: [:], hasWrittenID: true) }
        self.trigger = trigger
    }
}

/// A step with the places where its action and parameters were written.
public struct LocatedStep: Sendable, Hashable {
    public var step: Step
    public var location: SourceLocation?
    public var parameters: [String: SourceLocation?]
    package var hasWrittenID: Bool
}
