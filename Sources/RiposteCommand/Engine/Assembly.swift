import ArgumentParser
import Logging
import Riposte
import RiposteChannels
import RiposteConfiguration
import RiposteHost
import RiposteSQLite

/// The parts of an engine, put together as a configuration says. The one place where names become objects.
struct Assembly {
    let settings: Settings
    let store: any IncidentStore
    let clock: any WallClock
    let outbox: OutboxService
    let evidence: EvidenceKeeper
    let responder: IncidentResponder
    let protected: ProtectedTargets

    /// - Parameters:
    ///   - mode: a ceiling beside the settings' own.
    ///   - enforcers: what is told of decisions; none for those who must not touch this machine.
    ///   - backEnds: what is told of accounts; none for those who must not touch them.
    /// - Throws: what a configuration can still hold that reading it does not show: two actions of one name, a webhook
    ///   that cannot work as it is set.
    init(
        _ loaded: LoadedConfiguration, store: any IncidentStore, clock: any WallClock = SystemClock(), logger: Logger,
        mode: PlaybookMode? = nil, enforcers: [any Enforcer] = [], backEnds: AccountFactory.BackEnds = .none
    ) throws {
        settings = loaded.settings
        self.store = store
        self.clock = clock
        do { protected = try Self.protected(settings.protected) } catch {
            logger.error("who must be left alone on this machine cannot be told, so only what is listed is protected: \(error)")
            protected = Self.listed(settings.protected)
        }
        let board = DecisionBoard(enforcers: enforcers, protected: protected, clock: clock)
        let client = HTTPClient(HTTPClient.Configuration(allowedNetworks: settings.allowedNetworks))
        let channels = try ChannelFactory(client: client, allowedNetworks: settings.allowedNetworks, logger: logger)
            .channels(settings.channels)
        outbox = OutboxService(store: store, channels: channels, rules: settings.notifications, clock: clock, logger: logger)
        let log = EventLogFactory.log(settings.logChannels, logger: logger)
        evidence = EvidenceKeeper(decisions: board, log: log, logger: logger)
        var actions: [any ResponseAction] = .shipped(
            decisions: board, store: store, outbox: outbox, log: log,
            accounts: backEnds.accounts, sessions: backEnds.sessions,
            mailer: backEnds.mailer ?? settings.mailer.map { _ in SilentMailer() },
            tokens: settings.mailer?.unlock.map { UnlockTokens(secret: $0.secret) })
        actions += try WebhookFactory(client: client).actions(settings.actions)
        actions += try CommandFactory.actions(settings.commands)
        responder = try IncidentResponder(
            playbooks: loaded.playbooks, actions: actions, store: store, decisions: board, outbox: outbox,
            configuration: IncidentResponder.Configuration(
                isEnabled: settings.isEnabled, joinWindow: settings.joinWindow, protected: protected,
                mode: settings.mode.limited(to: mode ?? .enforce), approvals: settings.approvals,
                refreshProtected: { [settings] in try? Self.protected(settings.protected) }, budgets: settings.budgets,
                maximumEventAge: settings.maximumEventAge),
            clock: clock, logger: logger)
    }

    /// The linter that fits the settings, and what keeps an engine from being made of them.
    static func linter(_ settings: Settings, file: String) -> (linter: PlaybookLinter, problems: [Finding]) {
        let quiet = Logger(label: "riposte.check") { _ in SwiftLogNoOpLogHandler() }
        var problems: [Finding] = []
        func attempt<Value>(_ body: () throws -> Value) -> Value? {
            do { return try body() } catch {
                problems.append(Finding(.error, at: SourceLocation(file: file, line: 1, column: 1), "\(error)"))
                return nil
            }
        }
        let loaded = LoadedConfiguration(settings: settings, playbooks: [])
        let assembly = attempt { try Assembly(loaded, store: InMemoryStore(), logger: quiet) }
        _ = attempt { try AccountFactory.backEnds(settings) }
        _ = attempt { try DetectionSettings.service(settings.detectors) }
        var linter = PlaybookLinter(actions: assembly?.responder.actions ?? ActionRegistry(), detectors: DetectorName.shipped)
        linter.approvals = settings.approvals
        linter.channels = Array(settings.channels.keys)
        return (linter, problems)
    }

    /// What the settings list.
    private static func listed(_ settings: ProtectedSettings) -> ProtectedTargets {
        ProtectedTargets(
            networks: settings.networks, users: Set(settings.users), proxies: settings.proxies, gateways: settings.gateways,
            administrators: Set(settings.administrators))
    }

    /// And what this machine says of itself now.
    static func protected(_ settings: ProtectedSettings) throws -> ProtectedTargets {
        var targets = listed(settings)
        targets.ownAddresses = try OwnAddresses.current().sorted()
        targets.gateways += try Gateways.current().sorted().map { AddressRange($0) }
        for role in settings.roles { targets.users.formUnion(try LocalGroups.members(of: role)) }
        for group in LocalGroups.administrators { targets.administrators.formUnion(try LocalGroups.members(of: group)) }
        return targets
    }
}
