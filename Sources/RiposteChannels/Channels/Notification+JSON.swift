internal import Riposte

extension JSONValue {
    /// A notification as receivers get it: `id`, `kind`, `incident`, `severity`, `title`, `body`, `facts` (each `name` and `value`),
    /// `link` (or null), `created_at` (RFC 3339) and `deduplication_key`.
    init(_ notification: Riposte.Notification) {
        self = [
            "id": .string(notification.id),
            "kind": .string(notification.kind.rawValue),
            "incident": .string(notification.incidentID),
            "severity": .string(notification.severity.name),
            "title": .string(notification.title),
            "body": .string(notification.body),
            "facts": .array(notification.facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "link": notification.link.map(JSONValue.string) ?? .null,
            "created_at": .string(notification.createdAt.description),
            "deduplication_key": .string(notification.deduplicationKey),
        ]
    }
}
