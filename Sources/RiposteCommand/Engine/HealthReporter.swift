import Logging
import Riposte
import ServiceLifecycle

/// Says in the log what is wrong with the sources, once when it begins and once when it is over, and how lines fare.
struct HealthReporter: Service {
    let health: SourceHealthBoard
    let counts: SourceCountsBoard
    let detection: DetectionService
    let clock: any WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known: [SourceName: String] = [:]
            var rejected: [SourceName: UInt64] = [:]
            var nowhere: [SourceName: UInt64] = [:]
            var evictions = 0
            while true {
                report(&known)
                reportRejected(&rejected)
                reportNowhere(&nowhere)
                reportEvictions(&evictions)
                do { try await clock.sleep(until: clock.now() + .seconds(5)) } catch { return }
            }
        }
    }

    private func report(_ known: inout [SourceName: String]) {
        let problems = Dictionary(health.problems(at: clock.now()).map { ($0.source, $0.problem) }) { first, _ in first }
        for (source, problem) in problems where known[source] != problem {
            logger.warning("source has a problem: \(problem)", metadata: ["source": "\(source)"])
        }
        for source in known.keys where problems[source] == nil { logger.notice("source is well again", metadata: ["source": "\(source)"]) }
        known = problems
    }

    /// Lines that were not understood, by reason, whenever there are twice as many as when it was last said.
    private func reportRejected(_ rejected: inout [SourceName: UInt64]) {
        for (source, lines) in counts.all where lines.rejected >= max(2 * (rejected[source] ?? 0), 1) && lines.rejected != rejected[source]
        {
            rejected[source] = lines.rejected
            logger.notice(
                "\(lines.rejected) of \(lines.lines) lines were not understood: \(lines.reasons)", metadata: ["source": "\(source)"])
        }
    }

    /// Sign-ins without an address, whenever there are twice as many as when it was last said.
    private func reportNowhere(_ told: inout [SourceName: UInt64]) {
        for (source, lines) in counts.all where lines.signInsFromNowhere >= max(2 * (told[source] ?? 0), 1) {
            told[source] = lines.signInsFromNowhere
            logger.notice(
                "\(lines.signInsFromNowhere) sign-ins came without an address: is it under a name that is not read?",
                metadata: ["source": "\(source)"])
        }
    }

    /// What the detectors dropped to stay within memory, whenever it is twice as much as when it was last said.
    private func reportEvictions(_ told: inout Int) {
        let (tracked, evictions) = detection.load
        guard evictions >= max(2 * told, 1) else { return }
        told = evictions
        logger.warning(
            "the detectors have dropped \(evictions) addresses, accounts and networks to stay within memory; they track \(tracked)")
    }
}

extension LineCounts {
    /// `3 malformed, 1 too long`.
    var reasons: String {
        let parts: [(UInt64, String)] = [
            (malformed, "malformed"), (badTime, "with an impossible time"), (badAddress, "without a usable address"), (tooLong, "too long"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
