import Hummingbird
import Logging
import NIOCore
import Riposte
import RiposteHummingbird

/// The whole application: accounts, pages, and Riposte inside.
final class Site: Sendable {
    let settings: SiteSettings
    let users = UserBook()
    let sessions: SessionBook
    let mailbox: Mailbox
    let responder: IncidentResponder
    let security: EventReporter
    let forms = FormGuard()
    let logger: Logger
    /// What is compared where there is no such account, so that it takes as long.
    let nobodysPassword: PasswordHash

    /// - Parameter playbooks: beside the two that the site comes with.
    init(_ settings: SiteSettings, store: any IncidentStore = InMemoryStore(), playbooks: [Playbook] = [], logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        nobodysPassword = PasswordHash(Random.word(), rounds: settings.passwordRounds)
        sessions = SessionBook()
        mailbox = Mailbox(logger: logger)
        let protected = ProtectedTargets(proxies: settings.proxies, administrators: settings.administrators)
        let decisions = DecisionBoard(protected: protected)
        // In earnest this is a SlackChannel of RiposteChannels.
        let outbox = OutboxService(store: store, channels: [LoggerChannel(name: "slack", logger: logger), LoggerChannel(logger: logger)])
        // Our middlewares and our sign-in ask Riposte itself about accounts, so what it decides of them is obeyed.
        let accounts = AccountDirectories(decisions: decisions, isObeyed: true)
        responder = try IncidentResponder(
            playbooks: [.bruteForceResponse, .criticalAnomalyAutoBlock] + playbooks,
            actions: [
                BlockIP(decisions: decisions), LockAccount(accounts: accounts, store: store), NotifyAdmin(outbox: outbox),
                LogEvent(log: LoggerEventLog(logger)),
            ],
            store: store, decisions: decisions, outbox: outbox, configuration: .init(protected: protected), logger: logger)
        security = EventReporter(to: responder)
    }

    func application(onRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }) -> some ApplicationProtocol {
        var application = Application(
            router: router(), configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: "app"),
            services: [responder, security], onServerRunning: onRunning, logger: logger)
        // What was decided before a restart is in force before the first request.
        application.beforeServerStarts { [responder] in try await responder.recover() }
        return application
    }

    private func router() -> Router<SiteContext> {
        let router = Router(context: SiteContext.self)
        router.add(middleware: ClientAddressMiddleware(TrustedProxies(settings.proxies)))
        router.add(middleware: EnforcementMiddleware(security, exempt: ["/healthz"]))
        router.add(middleware: SessionMiddleware(sessions: sessions, cookie: sessionCookie))
        router.add(
            middleware: AccountMiddleware(
                security,
                pages: AccountPages(signIn: "/sign-in", passwordReset: "/reset", secondFactor: "/second-factor", open: ["/sign-out"])
            ) { _, context in context.session.flatMap(\.signedIn) })
        router.get("healthz") { _, _ in "ok\n" }
        addHome(to: router)
        addSignIn(to: router)
        addSecondFactor(to: router)
        addPassword(to: router)
        addAdmin(to: router)
        return router
    }

    var sessionCookie: String { settings.isSecure ? "__Host-session" : "session" }
}

extension Playbook {
    /// Both as in Riposte's specification.
    static let bruteForceResponse = Playbook(
        "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
        steps: [
            Step(.blockIP, parameters: ["duration_minutes": 60]), Step(.notifyAdmin, parameters: ["channel": "slack"]),
            Step(.lockAccount, parameters: ["duration_minutes": 30]),
        ])
    static let criticalAnomalyAutoBlock = Playbook(
        "critical-anomaly-auto-block", name: "Critical anomaly auto-block", triggers: [Trigger(severity: .atLeast(.critical))],
        steps: [
            Step(.blockIP, parameters: ["duration_minutes": 60]), Step(.notifyAdmin, parameters: ["channel": "log"]), Step(.logEvent),
        ])
}
