/// What holds for approvals where no playbook says otherwise, and who has which role.
public struct ApprovalSettings: Sendable, Hashable {
    /// What holds where neither step nor playbook says otherwise; what it leaves open is ``ApprovalPolicy/standard``.
    public var policy: ApprovalPolicy
    /// The people who have a role, by its name. Asked when somebody answers, so that who is given a role may answer at once.
    public var roles: [String: [String]]

    /// Creates settings; with nothing said anybody who may work with the engine answers.
    public init(policy: ApprovalPolicy = ApprovalPolicy(), roles: [String: [String]] = [:]) {
        self.policy = policy
        self.roles = roles
    }

    /// Why nobody could ever let something through; `nil` where they could.
    package func problem(with policy: ApprovalPolicy) -> String? {
        let policy = policy.over(self.policy).over(.standard)
        guard let approvers = policy.approvers, !approvers.isEmpty, let quorum = policy.quorum else { return nil }
        let people = Set(approvers.flatMap { roles[$0] ?? [$0] })
        guard people.count < quorum else { return nil }
        let who = people.sorted().joined(separator: ", ")
        return "“quorum” is \(quorum), and there are only \(people.count) who may answer: \(who)"
    }
}
