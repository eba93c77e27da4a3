import Riposte

/// The playbooks of the specification's page, word for word, as JSON; YAML reads the same.
enum SpecifiedPlaybooks {
    static let bruteForce = """
        {"trigger": {"detector": "brute_force", "severity": "high"},
         "actions": [{"action": "block_ip", "duration_minutes": 60},
                     {"action": "notify_admin", "channel": "slack"},
                     {"action": "lock_account", "duration_minutes": 30}]}
        """
    static let credentialStuffing = """
        {"trigger": {"detector": "credential_stuffing"},
         "actions": [{"action": "block_ip", "duration_minutes": 240}, {"action": "enable_enhanced_logging"}]}
        """
    static let highValueAccount = """
        {"trigger": {"detector": "credential_stuffing", "severity": "critical"},
         "actions": [{"action": "lock_account"}, {"action": "freeze_stripe_account"},
                     {"action": "notify_admin", "channel": "pagerduty"}]}
        """
    static let criticalAutoBlock = """
        {"name": "Critical anomaly auto-block", "trigger": {"severity": "critical"},
         "actions": [{"action": "block_ip"}], "enabled": true}
        """

    static func read(_ text: String, slug: String? = nil) throws -> Playbook {
        let (playbook, findings) = PlaybookReader.read(LocatedValue(try JSONValue(json: text)), defaultSlug: slug)
        guard let playbook else { throw ResponderError(.invalidPlaybooks, "\(slug ?? "a playbook") does not load", findings: findings) }
        return playbook
    }

    static var both: [Playbook] {
        get throws {
            [
                try read(bruteForce, slug: "brute_force_response"),
                try read(credentialStuffing, slug: "credential_stuffing_response"),
            ]
        }
    }
}
