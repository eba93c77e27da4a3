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
        protected = Self.protected(settings.protected)
        let board = DecisionBoard(enforcers: enforcers, protected: protected, clock: clock)
        let client = HTTPClient(HTTPClient.Configuration(allowedNetworks: settings.allowedNetworks))
        let channels = try ChannelFactory(client: client, allowedNetworks: settings.allowedNetworks, logger: logger)
            .channels(settings.channels)
        outbox = OutboxService(store: store, channels: channels, clock: clock, logger: logger)
        let accounts = AccountDirectories(backEnds.accounts, decisions: board)
        var actions: [any ResponseAction] = [
            BlockIP(decisions: board), LockAccount(accounts: accounts, store: store),
            LogEvent(log: EventLogFactory.log(settings.logChannels, logger: logger)), NotifyAdmin(outbox: outbox),
        ]
        actions += try WebhookFactory(client: client).actions(settings.actions)
        responder = try IncidentResponder(
            playbooks: loaded.playbooks, actions: actions, store: store, decisions: board, outbox: outbox,
            configuration: IncidentResponder.Configuration(
                isEnabled: settings.isEnabled, joinWindow: settings.joinWindow, protected: protected,
                mode: settings.mode.limited(to: mode ?? .enforce), approvals: settings.approvals,
                refreshProtected: { [settings] in Self.protected(settings.protected) }, budgets: settings.budgets,
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
        _ = attempt { try EnforcerFactory.check(settings) }
        _ = attempt { try AccountFactory.backEnds(settings) }
        _ = attempt { try DetectionSettings.service(settings.detectors) }
        var linter = PlaybookLinter(actions: assembly?.responder.actions ?? ActionRegistry(), detectors: DetectorName.shipped)
        linter.approvals = settings.approvals
        linter.channels = Array(settings.channels.keys)
        return (linter, problems)
    }

    /// What the settings list, and what this machine says of itself now.
    private static func protected(_ settings: ProtectedSettings) -> ProtectedTargets {
        ProtectedTargets(
            networks: settings.networks, ownAddresses: Array((try? OwnAddresses.current()) ?? []).sorted(),
            users: settings.roles.reduce(into: Set(settings.users)) { $0.formUnion(LocalGroups.members(of: $1)) },
            proxies: settings.proxies, gateways: settings.gateways + Gateways.current().sorted().map { AddressRange($0) },
            administrators: LocalGroups.administrators.reduce(into: Set(settings.administrators)) {
                $0.formUnion(LocalGroups.members(of: $1))
            })
    }
}
