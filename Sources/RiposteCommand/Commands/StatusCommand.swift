import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteHost
import RiposteSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Whether the daemon does its work, and where not, why not.",
        discussion: """
            “ready”: it does. “degraded”: it does, and something beside it is amiss. “not ready”: attacks may go unseen, unanswered or \
            unrecorded; each reason says what to do. The daemon is asked directly, so this works when the disk is full. \
            Where none runs the store itself is tried.
            Ends with 0 when ready or degraded, with 1 when not ready.
            Examples: riposte status
                      riposte status --output ndjson | jq .readiness
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access(quietly: true)
        let report = await StatusInquiry(access: access, clock: SystemClock()).report()
        switch output.output {
        case .table: for part in StatusText(report).parts { Console.print(part) }
        case .ndjson: Console.printJSON(try JSONOutput.line(report))
        }
        if report.readiness.state == .notReady { throw ExitCode.failure }
    }
}

/// Asks the daemon, and looks for itself where none answers.
private struct StatusInquiry {
    let access: EngineAccess
    let clock: any WallClock

    private var path: String { StorePath.resolved(access.loaded.settings.store) }

    func report() async -> StatusReport {
        do {
            if let answer = try await AnswerSocket.ask(beside: path, within: .seconds(3)), !answer.isEmpty {
                return try JSONDecoder().decode(StatusReport.self, from: Data(answer))
            }
            return await withoutDaemon()
        } catch {
            let why = "the daemon does not say how it is doing, so it stands still or is not ours: \(error)"
            return StatusReport(readiness: Readiness([reason(why)]), at: clock.now(), store: path, holder: await holder())
        }
    }

    /// As the store tells it; `nil` = nobody.
    private func holder() async -> String? {
        do { return try await access.withStore { try await $0.lease().flatMap { LeaseHolder($0.holder)?.name } } } catch {
            return "not known: \(error)"
        }
    }

    /// No daemon tells anything: what its store says.
    private func withoutDaemon() async -> StatusReport {
        var report = StatusReport(readiness: Readiness(), at: clock.now(), store: path)
        var reasons: [Readiness.Reason] = []
        do {
            let holder = try await tryStore()
            report.holder = holder?.name
            reasons.append(reason(holder?.role == .daemon ? Self.silent : Self.none))
        } catch {
            reasons = [reason(Self.none), Readiness.Reason(.store, "\(error)", since: nil, isBlocking: true)]
        }
        report.readiness = Readiness(reasons)
        return report
    }

    /// Writes to the store as an engine would; the answer is who keeps it from that, if anybody.
    private func tryStore() async throws -> LeaseHolder? {
        try await access.withStore { store in
            do {
                try await store.releaseLease(try await LeaseKeeper.acquire(store, as: .command, clock: clock))
                return nil
            } catch let held as HeldByAnother { return held.holder }
        }
    }

    private func reason(_ message: String) -> Readiness.Reason { Readiness.Reason(.engine, message, since: nil, isBlocking: true) }

    private static let none = "no daemon runs on this store: nothing is read, and nothing is taken back. Start one: riposte serve"
    private static let silent = "the daemon that holds this store does not listen at its socket; see its log"
}
