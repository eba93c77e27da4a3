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
    /// OCSF's `verdict_id` and `verdict` of a finding; 0 = nobody has said yet.
    var verdictID: Int?
    var verdict: String?
    var assignee: String?
    var cause: String?
    var lessons: String?
    var timeToDetect: Double?
    var timeToAcknowledge: Double?
    var timeToContain: Double?
    var timeToResolve: Double?

    enum CodingKeys: String, CodingKey {
        case kind, id, detector, severity, targets, first, last, count, summary, status, verdict, assignee, cause, lessons
        case verdictID = "verdict_id"
        case timeToDetect = "time_to_detect_seconds"
        case timeToAcknowledge = "time_to_acknowledge_seconds"
        case timeToContain = "time_to_contain_seconds"
        case timeToResolve = "time_to_resolve_seconds"
    }

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
        (verdictID, verdict) = (incident.verdict?.ocsfID ?? 0, incident.verdict?.ocsfName ?? "Unknown")
        (assignee, cause, lessons) = (incident.assignee, incident.cause, incident.lessons)
        timeToDetect = incident.timeToDetect / .seconds(1)
        timeToAcknowledge = incident.timeToAcknowledge.map { $0 / .seconds(1) }
        timeToContain = incident.timeToContain.map { $0 / .seconds(1) }
        timeToResolve = incident.timeToResolve.map { $0 / .seconds(1) }
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
