/// Reading how people are asked.
extension PlaybookReader {
    static let approvalKeys = ["approvers", "quorum", "four_eyes", "timeout", "on_timeout", "channels"]
    /// Those that may stand in a step itself.
    static let stepApprovalKeys = ["approvers", "quorum", "four_eyes", "on_timeout"]

    /// A playbook's or the settings' `approvals`.
    package mutating func approvals(_ value: LocatedValue, _ what: String) -> ApprovalPolicy {
        map(value, "“\(what)”", known: Self.approvalKeys, later: []).map { approvals($0) } ?? ApprovalPolicy()
    }

    private mutating func approvals(_ map: [String: LocatedValue]) -> ApprovalPolicy {
        var policy = ApprovalPolicy()
        if let value = map["approvers"] { policy.approvers = value.json == [] ? [] : texts(value, "approvers").map { $0.uniqued() } }
        if let value = map["quorum"] { policy.quorum = integer(value, "quorum", in: 1...100) }
        if let value = map["four_eyes"] { policy.hasFourEyes = flag(value, "four_eyes") }
        if let value = map["timeout"] { policy.timeout = duration(value, "timeout") }
        if let value = map["channels"] {
            policy.channels = value.json == [] ? [] : texts(value, "channels").map { $0.map { ChannelName($0) }.uniqued() }
        }
        if let value = map["on_timeout"] { onTimeout(value) }
        return policy
    }

    private mutating func onTimeout(_ value: LocatedValue) {
        guard let word = text(value, "on_timeout"), word != "deny" else { return }
        error(
            value.location, "“on_timeout” can only be deny, which is what happens anyway; got “\(word)”",
            "nobody's silence lets an action through: leave “approve” out where nobody has to be asked")
    }

    /// A step's `approve`, and the words that may stand beside it.
    mutating func approval(_ map: [String: LocatedValue]) -> ApprovalPolicy? {
        var policy: ApprovalPolicy?
        switch map["approve"]?.content {
        case nil, .scalar(.bool(false)): policy = nil
        case .scalar(.bool(true)): policy = ApprovalPolicy()
        case .map: policy = map["approve"].map { approvals($0, "approve") }
        default:
            if let value = map["approve"] {
                error(value.location, "“approve” must be true, false or a map such as {timeout: 2h}; got \(Self.got(value))")
            }
            return nil
        }
        let beside = map.filter { Self.stepApprovalKeys.contains($0.key) }
        guard !beside.isEmpty else { return policy }
        let own = approvals(beside)
        if policy == nil, let first = beside.min(by: { $0.key < $1.key }) {
            error(first.value.location, "“\(first.key)” says how people are asked, and this step asks nobody", "add “approve: true”")
        }
        return policy.map { own.over($0) }
    }
}
