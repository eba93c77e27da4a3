import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "How attacks were found and answered: how fast, how often in error, and what is left of it.",
        discussion: """
            Times are medians and, after the slash, what nine of ten did not exceed: from the first event to detection, and from \
            detection to the first person, the first containment in force and the end. An incident of two detectors counts for both.
            Examples: riposte report
                      riposte report --since 30d --output ndjson
                      riposte report --since 2026-11-01 --until 2026-12-01
            """)

    @Option(help: MomentArgument.help("Incidents that were opened at this time or later"), transform: MomentArgument.parse)
    var since: Timestamp?

    @Option(help: MomentArgument.help("And before this time"), transform: MomentArgument.parse)
    var until: Timestamp?

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if let since, let until, until <= since {
            throw ValidationError("--until (\(until.toTheSecond)) must be later than --since (\(since.toTheSecond))")
        }
    }

    func run() async throws {
        try await options.access().withStore { store in
            let end = until ?? SystemClock().now()
            let report = try await ResponseReport(since: since ?? end - .hours(24 * 7), until: end, from: store)
            switch output.output {
            case .table: print(report)
            case .ndjson: for line in try ReportRecord.lines(report) { Console.printJSON(line) }
            }
        }
    }

    private func print(_ report: ResponseReport) {
        Console.print("Incidents opened from \(report.since.toTheSecond) to \(report.until.toTheSecond)\n")
        let heading = ["INCIDENTS", "LIVE", "FALSE", "SHARE", "DETECT", "ACKNOWLEDGE", "CONTAIN", "RESOLVE"]
        var rows = [[""] + heading, cells(report.all)]
        for (name, group) in [("DETECTOR", report.detectors), ("PLAYBOOK", report.playbooks), ("BEGINNING", report.periods)]
        where !group.isEmpty {
            rows.append([name] + heading.map { _ in "" })
            rows += group.map(cells)
        }
        Console.print(Table.text(rows))
        let effects = report.effects
        let counts = [
            ("in force", effects.inForce), ("run out", effects.expired), ("taken back by people", effects.takenBack),
            ("being made", effects.beingMade), ("being taken back", effects.beingTakenBack), ("orphaned", effects.orphaned),
            ("extended by another", effects.extended), ("not done or so before", effects.void), ("ineffective", effects.ineffective),
            ("found missing", effects.drifted),
        ].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        Console.print("\nEffects begun then: " + (counts.isEmpty ? "none" : counts.joined(separator: ", ")))
    }

    private func cells(_ row: ResponseReport.Row) -> [String] {
        [
            row.name, "\(row.incidents)", "\(row.live)", "\(row.falsePositives)",
            row.falsePositiveShare.map { "\(Int(($0 * 100).rounded())) %" } ?? "-", cell(row.detect), cell(row.acknowledge),
            cell(row.contain), cell(row.resolve),
        ]
    }

    private func cell(_ spread: ResponseReport.Spread?) -> String {
        spread.map { "\(Self.text($0.median)) / \(Self.text($0.ninetieth))" } ?? "-"
    }

    /// Not more exact than a person wants to read.
    private static func text(_ duration: Duration) -> String {
        duration < .seconds(1)
            ? DurationText.format(.milliseconds(Int64(duration / .milliseconds(1))))
            : DurationText.format(.seconds(duration.components.seconds))
    }
}

/// One line of `report --output ndjson`.
private struct ReportRecord: Encodable {
    var kind: String
    var name: String
    var row: ResponseReport.Row

    static func lines(_ report: ResponseReport) throws -> [String] {
        var lines = [try JSONOutput.line(ReportRecord(kind: "all", name: "all", row: report.all))]
        for (kind, rows) in [("detector", report.detectors), ("playbook", report.playbooks), ("period", report.periods)] {
            lines += try rows.map { try JSONOutput.line(ReportRecord(kind: kind, name: $0.name, row: $0)) }
        }
        return lines + [try JSONOutput.line(EffectsRecord(report.effects))]
    }

    private enum Key: String, CodingKey {
        case kind, name, incidents, live, detect, acknowledge, contain, resolve
        case falsePositives = "false_positives"
        case share = "false_positive_share"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(row.incidents, forKey: .incidents)
        try container.encode(row.live, forKey: .live)
        try container.encode(row.falsePositives, forKey: .falsePositives)
        try container.encodeIfPresent(row.falsePositiveShare, forKey: .share)
        for (key, spread) in [(Key.detect, row.detect), (.acknowledge, row.acknowledge), (.contain, row.contain), (.resolve, row.resolve)] {
            try container.encodeIfPresent(spread.map(SpreadRecord.init), forKey: key)
        }
    }
}

private struct SpreadRecord: Encodable {
    var count: Int
    var median: Double
    var ninetieth: Double

    enum CodingKeys: String, CodingKey {
        case count
        case median = "median_seconds"
        case ninetieth = "p90_seconds"
    }

    init(_ spread: ResponseReport.Spread) {
        (count, median, ninetieth) = (spread.count, spread.median / .seconds(1), spread.ninetieth / .seconds(1))
    }
}

private struct EffectsRecord: Encodable {
    var kind = "effects"
    var counts: [String: Int]

    init(_ effects: ResponseReport.EffectCounts) {
        counts = [
            "in_force": effects.inForce, "expired": effects.expired, "taken_back": effects.takenBack, "being_made": effects.beingMade,
            "being_taken_back": effects.beingTakenBack, "orphaned": effects.orphaned, "extended": effects.extended, "void": effects.void,
            "ineffective": effects.ineffective, "drifted": effects.drifted,
        ]
    }
}
