import Riposte

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One line of `--output ndjson`: an anomaly or an incident.
struct FindingRecord: Encodable {
    var kind: String
    var id: String
    var detector: String
    var severity: Severity
    var targets: TargetSet
    var first: Timestamp
    var last: Timestamp
    var count: Int
    var summary: String
    var status: String?

    init(_ anomaly: Anomaly) {
        kind = "anomaly"
        id = anomaly.id.rawValue
        detector = anomaly.detector.rawValue
        (severity, targets, first, last) = (anomaly.severity, anomaly.targets, anomaly.first, anomaly.last)
        (count, summary) = (anomaly.count, anomaly.summary)
    }

    init(_ incident: Incident) {
        kind = "incident"
        id = incident.id.rawValue
        detector = incident.detectors.map(\.rawValue).joined(separator: ",")
        (severity, targets, first, last) = (incident.severity, incident.targets, incident.firstEventAt, incident.lastEventAt)
        (count, summary, status) = (incident.eventCount, incident.title, incident.status.rawValue)
    }
}

enum JSONOutput {
    /// One line of JSON with sorted keys. Nothing in it can speak to a terminal.
    static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return TerminalText.safeJSON(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

extension JSONOutput {
    static func pretty(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return TerminalText.safeJSON(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
