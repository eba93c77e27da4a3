import Riposte

extension Riposte.Notification {
    static func example(
        id: String = "ntf-1", title: String = "Brute force from 203.0.113.9", body: String = "12 failures in 60 s.",
        facts: [(String, String)] = [("ip", "203.0.113.9")],
        link: String? = nil, severity: Severity = .high, kind: Kind = .opened
    ) -> Riposte.Notification {
        Riposte.Notification(
            id: id, kind: kind, incidentID: "inc-1", severity: severity, title: title, body: body,
            facts: facts.map { Fact(name: $0.0, value: $0.1) },
            link: link, createdAt: Timestamp(seconds: 1_795_176_000), deduplicationKey: "inc-1")
    }
}
