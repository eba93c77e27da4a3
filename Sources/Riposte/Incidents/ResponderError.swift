/// Why the responder would not do what it was asked.
public struct ResponderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a program tells errors apart by.
    public var code: Code
    /// A sentence a person can act on, without a secret.
    public var message: String
    /// What is wrong with the playbooks, for ``Code/invalidPlaybooks``.
    public var findings: [Finding]

    /// Creates an error.
    public init(_ code: Code, _ message: String, findings: [Finding] = []) {
        self.code = code
        self.message = message
        self.findings = findings
    }

    /// Which kind of refusal it is. An open set: more may come.
    public struct Code: OpenName {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no playbook of that slug.
        public static let unknownPlaybook: Code = "unknown_playbook"
        /// There is no approval of that id.
        public static let unknownApproval: Code = "unknown_approval"
        /// There is no incident of that id.
        public static let unknownIncident: Code = "unknown_incident"
        /// There is no run of that id.
        public static let unknownRun: Code = "unknown_run"
        /// There is no effect of that id.
        public static let unknownEffect: Code = "unknown_effect"
        /// Playbooks have errors; ``ResponderError/findings`` says which and where.
        public static let invalidPlaybooks: Code = "invalid_playbooks"
        /// The incident is resolved or closed, and nothing is done about it any more.
        public static let incidentIsOver: Code = "incident_is_over"
        /// What was named is no target of the kind that is asked for, or too wide a one.
        public static let invalidTarget: Code = "invalid_target"
        /// The guard will not have it.
        public static let refused: Code = "refused"
        /// The kill switch is thrown.
        public static let paused: Code = "paused"
        /// It cannot be done as things stand; the message says what to do first.
        public static let notAvailable: Code = "not_available"
    }

    public var description: String { ([message] + findings.map(\.description)).joined(separator: "\n") }
}
