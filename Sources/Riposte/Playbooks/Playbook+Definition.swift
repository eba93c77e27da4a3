extension Playbook {
    /// The playbook in the shape of a playbook file, ``PlaybookReader``'s counterpart: reading it back gives the same playbook.
    public var definition: JSONValue {
        var members: [String: JSONValue] = [
            "slug": .string(slug.rawValue), "name": .string(name), "enabled": .bool(isEnabled), "mode": .string(mode.rawValue),
            "priority": .int(Int64(priority)), "on_error": .string(onError.rawValue), "deadline": .string(DurationText.format(deadline)),
            "cooldown": .string(DurationText.format(cooldown)), "actions": .array(steps.map(\.definition)),
        ]
        if !summary.isEmpty { members["description"] = .string(summary) }
        if !tags.isEmpty { members["tags"] = .array(tags.map(JSONValue.string)) }
        if !approvals.isEmpty { members["approvals"] = approvals.definition }
        members["trigger"] = .array(triggers.map(\.definition))
        return .object(members)
    }

    /// A digest of the definition: two revisions with the same digest do the same.
    public var revisionDigest: String { StableHash.id([definition.description], length: 8) }
}

extension Trigger {
    var definition: JSONValue {
        var members: [String: JSONValue] = [:]
        if !detectors.isEmpty { members["detector"] = .array(detectors.map { .string($0.rawValue) }) }
        switch severity {
        case .any: break
        case .atLeast(let least): members["severity"] = .string(least.name)
        case .exactly(let set): members["severity"] = .array(set.sorted().map { .string($0.name) })
        }
        return .object(members)
    }
}

extension Step {
    /// The parameters lie under `with`, so that none can collide with a reserved key.
    var definition: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "action": .string(action.rawValue), "timeout": .string(DurationText.format(timeout)),
            "retry": retry.definition,
        ]
        if !parameters.isEmpty { members["with"] = .object(parameters) }
        if let onError { members["on_error"] = .string(onError.rawValue) }
        if let escalation { members["escalate"] = .array(escalation.durations.map { .string(DurationText.format($0)) }) }
        if let verify { members["verify"] = verify > .zero ? ["after": .string(DurationText.format(verify))] : true }
        if let approval { members["approve"] = approval.isEmpty ? true : approval.definition }
        return .object(members)
    }
}

extension ApprovalPolicy {
    var definition: JSONValue {
        var members: [String: JSONValue] = [:]
        if let approvers { members["approvers"] = .array(approvers.map(JSONValue.string)) }
        if let quorum { members["quorum"] = .int(Int64(quorum)) }
        if let hasFourEyes { members["four_eyes"] = .bool(hasFourEyes) }
        if let timeout { members["timeout"] = .string(DurationText.format(timeout)) }
        if let channels { members["channels"] = .array(channels.map { .string($0.rawValue) }) }
        return .object(members)
    }
}

extension RetryPolicy {
    var definition: JSONValue {
        [
            "attempts": .int(Int64(attempts)), "delay": .string(DurationText.format(delay)),
            "backoff": .string(isExponential ? "exponential" : "constant"), "max_delay": .string(DurationText.format(maximumDelay)),
            "jitter": .bool(hasJitter), "on": retriesTimeouts ? ["transient", "timeout"] : ["transient"],
        ]
    }
}

extension Playbook: Codable {
    public init(from decoder: any Decoder) throws {
        let definition = try JSONValue(from: decoder)
        let (playbook, findings) = PlaybookReader.read(LocatedValue(definition), defaultSlug: nil)
        guard let playbook else {
            let text = findings.map(\.message).joined(separator: "; ")
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a playbook: \(text)"))
        }
        self = playbook
    }

    public func encode(to encoder: any Encoder) throws { try definition.encode(to: encoder) }
}
