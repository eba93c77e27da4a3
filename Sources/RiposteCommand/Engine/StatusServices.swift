import Logging
import Riposte
import RiposteHost
import ServiceLifecycle

/// Tells whoever asks at the socket beside the store how the daemon is doing.
struct StatusTeller: Service {
    let state: EngineState
    let logger: Logger

    func run() async throws {
        let socket: AnswerSocket
        do { socket = try AnswerSocket(beside: state.path) } catch {
            // Some file systems hold no sockets; the work goes on.
            logger.warning("riposte status will not find this daemon: \(error)")
            return try await gracefulShutdown()
        }
        try? await cancelWhenGracefulShutdown {
            try await socket.serve { [state] in Array(((try? JSONOutput.line(state.report)) ?? "").utf8) }
        }
    }
}

/// Says in the log and to systemd when the readiness changes.
struct ReadinessReporter: Service {
    /// So long it must be better before that is said: on a full disk a small write succeeds now and then.
    private static let calm = Duration.seconds(5)

    let state: EngineState
    let manager: ServiceManager
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let watchdog = manager.watchdogInterval
            let pause = min(.seconds(1), watchdog.map { $0 / 2 } ?? .seconds(1))
            var known = Readiness()
            var betterSince: Timestamp?
            while true {
                if watchdog != nil { manager.alive() }
                let (readiness, now) = (state.readiness, state.clock.now())
                let isBetter = known.state == .notReady && readiness.state != .notReady
                betterSince = isBetter ? betterSince ?? now : nil
                if betterSince.map({ now - $0 >= Self.calm }) ?? true {
                    report(readiness, known)
                    known = readiness
                }
                do { try await state.clock.sleep(until: state.clock.now() + pause) } catch { return }
            }
        }
        manager.stopping()
    }

    private func report(_ readiness: Readiness, _ known: Readiness) {
        guard readiness.reasons.map(\.description) != known.reasons.map(\.description) else { return }
        manager.status("\(readiness)")
        let (readiness, known) = (Self.unsaid(readiness), Self.unsaid(known))
        guard readiness.state != known.state || readiness.state == .notReady else { return }
        logger.log(level: readiness.state == .notReady ? .error : .notice, "\(readiness)")
    }

    /// Without what had drifted: the engine has said it when it put it right.
    private static func unsaid(_ readiness: Readiness) -> Readiness {
        Readiness(readiness.reasons.filter { $0.isBlocking || $0.part != .enforcer })
    }
}
