/// Why the responder would not do what it was asked.
public struct ResponderError: Error, Sendable, Hashable, CustomStringConvertible {
    public var code: Code
    public var message: String
    /// What is wrong with the playbooks, for ``Code/invalidPlaybooks``.
    public var findings: [Finding]

    public init(_ code: Code, _ message: String, findings: [Finding] = []) {
        self.code = code
        self.message = message
        self.findings = findings
    }

    public struct Code: OpenName {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let unknownPlaybook: Code = "unknown_playbook"
        public static let unknownApproval: Code = "unknown_approval"
        public static let unknownIncident: Code = "unknown_incident"
        public static let unknownRun: Code = "unknown_run"
        public static let unknownEffect: Code = "unknown_effect"
        public static let invalidPlaybooks: Code = "invalid_playbooks"
        public static let incidentIsOver: Code = "incident_is_over"
        public static let invalidTarget: Code = "invalid_target"
        /// The guard will not have it.
        public static let refused: Code = "refused"
        /// The kill switch is thrown.
        public static let paused: Code = "paused"
        public static let notAvailable: Code = "not_available"
    }

    public var description: String { ([message] + findings.map(\.description)).joined(separator: "\n") }
}
