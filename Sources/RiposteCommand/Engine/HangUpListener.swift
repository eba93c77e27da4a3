import Logging
import ServiceLifecycle
import UnixSignals

/// SIGHUP ends nothing: people send it to have a configuration read again, terminals when they close.
struct HangUpListener: Service {
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                logger.notice("SIGHUP: the configuration is read at start only; to read it again, restart the daemon")
            }
        }
    }
}
