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
            try await leave(store, fence, logger)
        } catch {
            // The first error is the one to tell.
            try? await store.releaseLease(fence)
            try? await store.close()
            // Whichever part writes first after a pause notices it.
            throw (error as? StoreError)?.code == .leaseLost ? LeaseWasLost() : error
        }
    }

    /// On a full disk the lease stays in the name of a process that is gone, which keeps nobody from taking it.
    private func leave(_ store: SQLiteStore, _ fence: Fence, _ logger: Logger) async throws {
        do { try await store.releaseLease(fence) } catch let error as StoreError where error.mayPass {
            logger.warning("the lease could not be given back, which keeps nobody from taking it: \(error)")
        }
        try await store.close()
    }

    private func serve(_ loaded: LoadedConfiguration, _ file: SQLiteStore, _ fence: Fence, _ logger: Logger) async throws {
        let (storeHealth, clock) = (StoreHealthBoard(), SystemClock())
        let store = WatchedStore(file, fence: fence, health: storeHealth, clock: clock)
        let assembly = try Assembly(
            loaded, store: store, logger: logger, enforcers: EnforcerFactory.enforcers(loaded.settings),
            backEnds: AccountFactory.backEnds(loaded.settings))
        assembly.responder.writes(with: fence)
        let health = SourceHealthBoard()
        let counts = SourceCountsBoard()
        let inputs = try SourceFactory(health: health).inputs(loaded.settings.sources)
        let detection = try DetectionSettings.service(loaded.settings.detectors)
        let pipeline = Pipeline(
            inputs, detection: detection, responder: assembly.responder, evidence: assembly.evidence, counts: counts, logger: logger)
        let lease = LeaseKeeper(store: store, responder: assembly.responder, clock: assembly.clock, role: .daemon)
        let reporter = HealthReporter(health: health, counts: counts, detection: detection, clock: assembly.clock, logger: logger)
        let manager = ServiceManager()
        let state = EngineState(
            store: storeHealth, sources: health, counts: counts, names: inputs.map(\.source.name), responder: assembly.responder,
            outbox: assembly.outbox, path: StorePath.resolved(file.path), startedAt: clock.now(), clock: clock)
        let announcement = Announcement(responder: assembly.responder) {
            manager.ready("\(state.readiness)")
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
                    .init(service: announcement), .init(service: StatusTeller(state: state, logger: logger)),
                    .init(service: ReadinessReporter(state: state, manager: manager, logger: logger)),
                    .init(service: HangUpListener(logger: logger)),
                    // Sources may all come to an end, as standard input does; the rest goes on.
                    .init(service: pipeline, successTerminationBehavior: .ignore),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

/// Says that the services run, and that what was cut short or ran out while nobody was there has been seen to: a signal from
/// now on is one to end in order.
private struct Announcement: Service {
    let responder: IncidentResponder
    let announce: @Sendable () -> Void

    func run() async throws {
        try await responder.recover()
        announce()
        try? await gracefulShutdown()  // cancelled: another service has failed, and says so
    }
}
