import ArgumentParser
import Logging
import Riposte
import RiposteConfiguration
import RiposteHost
import RiposteSQLite
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Follow the configured sources and answer what is found, until stopped.",
        discussion: """
            Goes on where it stopped, after a kill too. A settings file of one line, “store: riposte.db”, is enough to start; \
            sources are added as “sources: [{file: /var/log/auth.log, format: sshd}]” or “sources: [{journal: ssh.service}]”. \
            Stop it with SIGTERM or Ctrl-C: steps in hand are finished first.
            Examples: riposte serve
                      riposte serve --config /etc/riposte/riposte.yaml
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = try options.load(saying: .everything)
        let logger = options.logger(loaded.settings)
        let clock = SystemClock()
        let store = try await EngineAccess(loaded: loaded, logger: logger).openStore()
        let fence: Fence
        do { fence = try await LeaseKeeper.acquireWaiting(store, logger: logger, clock: clock) } catch {
            try? await store.close()  // the first error is the one to tell
            throw error
        }
        do {
            try await serve(loaded, store, fence, logger)
            try await store.releaseLease(fence)
            try await store.close()
        } catch {
            // The first error is the one to tell.
            try? await store.releaseLease(fence)
            try? await store.close()
            throw error
        }
    }

    private func serve(_ loaded: LoadedConfiguration, _ store: SQLiteStore, _ fence: Fence, _ logger: Logger) async throws {
        let assembly = try Assembly(loaded, store: store, logger: logger, enforcers: EnforcerFactory.enforcers(loaded.settings))
        assembly.responder.writes(with: fence)
        let health = SourceHealthBoard()
        let counts = SourceCountsBoard()
        let inputs = try SourceFactory(health: health).inputs(loaded.settings.sources)
        let detection = try DetectionSettings.service(loaded.settings.detectors)
        let pipeline = Pipeline(inputs, detection: detection, responder: assembly.responder, counts: counts, logger: logger)
        let lease = LeaseKeeper(store: store, responder: assembly.responder, clock: assembly.clock, role: .daemon)
        let reporter = HealthReporter(health: health, counts: counts, detection: detection, clock: assembly.clock, logger: logger)
        let announcement = Announcement {
            logger.info(
                "serving",
                metadata: [
                    "store": "\(loaded.settings.store)", "sources": "\(inputs.count)", "playbooks": "\(assembly.responder.playbooks.count)",
                ])
        }
        if inputs.isEmpty {
            logger.notice("no sources are configured: nothing is read; requests, expiries and notifications are taken care of")
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: lease), .init(service: assembly.responder), .init(service: reporter),
                    .init(service: announcement),
                    // Sources may all come to an end, as standard input does; the rest goes on.
                    .init(service: pipeline, successTerminationBehavior: .ignore),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

/// Says that the services run: a signal from now on is one to end in order.
private struct Announcement: Service {
    let announce: @Sendable () -> Void

    func run() async throws {
        announce()
        try? await gracefulShutdown()  // cancelled: another service has failed, and says so
    }
}
