import Foundation
import Riposte

/// One line of the table.
struct Line {
    var what: String
    var inFlight: Int
    /// Sorted.
    var latencies: [Duration]
    var elapsed: Duration
    /// CPU time of the whole process meanwhile, on all cores.
    var cpu: Duration
    /// Transactions, each of them synced.
    var commits: Int
    var rows: Int

    static let head = "what\tin flight\truns\truns/s\tp50 ms\tp99 ms\tcommits/s\trows a run\tCPU µs a run"

    var text: String {
        let seconds = Double(elapsed.microseconds) / 1e6
        let count = Double(latencies.count)
        let fields = [
            what, "\(inFlight)", "\(latencies.count)", "\(Int(count / seconds))", milliseconds(0.5), milliseconds(0.99),
            "\(Int(Double(commits) / seconds))", rounded(Double(rows) / count, 1), "\(Int(Double(cpu.microseconds) / count))",
        ]
        return fields.joined(separator: "\t")
    }

    private func milliseconds(_ share: Double) -> String {
        guard !latencies.isEmpty else { return "-" }
        let place = min(latencies.count - 1, Int(Double(latencies.count) * share))
        return rounded(Double(latencies[place].microseconds) / 1e3, 2)
    }

    private func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = digits == 1 ? 10.0 : 100.0
        return "\((value * scale).rounded() / scale)"
    }
}

/// Wall time and CPU time from here on.
struct Stopwatch {
    let start = ContinuousClock.now
    private let began = Self.processTime()

    var elapsed: Duration { ContinuousClock.now - start }
    var cpu: Duration { Self.processTime() - began }

    private static func processTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
