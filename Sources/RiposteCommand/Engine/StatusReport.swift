import Riposte
import RiposteHost

/// How an engine is doing: what the daemon answers whoever asks, and what `riposte status` prints.
struct StatusReport: Codable {
    struct Source: Codable {
        var name: SourceName
        /// `following`, `waiting`, `finished`, `failed` or `starting`.
        var state: String
        var detail: String?
        var lastEvent: Timestamp?
        var bytesRead: UInt64
        var lagBytes: UInt64
        var missedBytes: UInt64
        var lines: UInt64
        var rejectedLines: UInt64
    }

    var readiness: Readiness
    var at: Timestamp
    /// The store's file.
    var store: String
    var writtenAt: Timestamp?
    /// Who holds the store; `nil` = nobody.
    var holder: String?
    var leaseEnd: Timestamp?
    /// Since when the daemon runs; `nil` where none does.
    var startedAt: Timestamp?
    var sources: [Source] = []
    var enforcers: [EnforcerStatus] = []
    var channels: [ChannelHealth] = []
    var counts: IncidentResponder.Counts?
}

extension StatusReport.Source {
    init(_ name: SourceName, _ health: SourceHealth?, _ counts: LineCounts?) {
        self.name = name
        (state, detail) =
            switch health?.state {
            case nil: ("starting", nil)
            case .following: ("following", health?.notice)
            case .finished: ("finished", health?.notice)
            case .waiting(_, let reason): ("waiting", reason)
            case .failed(let reason): ("failed", reason)
            }
        lastEvent = health?.lastEvent
        (bytesRead, lagBytes, missedBytes) = (health?.bytesRead ?? 0, health?.lagBytes ?? 0, health?.missedBytes ?? 0)
        (lines, rejectedLines) = (counts?.lines ?? 0, counts?.rejected ?? 0)
    }
}

/// The parts of a running daemon, asked for their state. Reads memory only, so it works whatever has become of the disk.
struct EngineState: Sendable {
    let store: StoreHealthBoard
    let sources: SourceHealthBoard
    let counts: SourceCountsBoard
    let names: [SourceName]
    let responder: IncidentResponder
    let outbox: OutboxService
    let path: String
    let startedAt: Timestamp
    let clock: any WallClock

    var readiness: Readiness {
        Readiness(
            store: store.current, sources: sources.all, enforcers: responder.decisions.enforcers, channels: outbox.health, at: clock.now())
    }

    var report: StatusReport {
        let health = store.current
        return StatusReport(
            readiness: readiness, at: clock.now(), store: path, writtenAt: health.writtenAt, holder: LeaseHolder.current(.daemon).name,
            leaseEnd: health.leaseEnd, startedAt: startedAt, sources: names.map { .init($0, sources[$0], counts[$0]) },
            enforcers: responder.decisions.enforcers, channels: outbox.health, counts: responder.counts)
    }
}
