import Riposte
import RiposteHost

/// Tells people by a file of their own: a JSON object a line, appended and synced. A notification that is delivered again
/// is not written again.
struct FileChannel: NotificationChannel {
    let name: ChannelName
    private let log: FileEventLog

    init(name: ChannelName, path: String) {
        self.name = name
        log = FileEventLog([name.rawValue: path])
    }

    func deliver(_ notification: Riposte.Notification) async throws(DeliveryFailure) -> DeliveryReceipt {
        do {
            let isNew = try await log.write(line(notification), mayBeThere: true)
            return DeliveryReceipt(isNew ? "written" : "written before")
        } catch {
            throw DeliveryFailure(.transient, "\(error)")
        }
    }

    private func line(_ notification: Riposte.Notification) -> EventLogLine {
        EventLogLine(
            id: notification.id, at: notification.createdAt, channel: name.rawValue, message: notification.title,
            incident: IncidentID(notification.incidentID), playbook: "",
            context: [
                "kind": .string(notification.kind.rawValue), "severity": .string(notification.severity.name),
                "body": .string(notification.body),
                "facts": .array(notification.facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
                "link": notification.link.map(JSONValue.string) ?? .null,
            ])
    }
}
