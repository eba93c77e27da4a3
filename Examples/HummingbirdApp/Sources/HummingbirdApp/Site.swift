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
    let tokens: UnlockTokens
    let responder: IncidentResponder
    let security: EventReporter
    let outbox: OutboxService
    let forms: FormGuard
    let logger: Logger
    /// What is compared where there is no such account, so that it takes as long.
    let nobodysPassword: PasswordHash

    /// - Parameter playbooks: beside the two that the site comes with.
    init(_ settings: SiteSettings, store: any IncidentStore = InMemoryStore(), playbooks: [Playbook] = [], logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        forms = FormGuard(isSecure: settings.isSecure)
        nobodysPassword = PasswordHash(Random.word(), rounds: settings.passwordRounds)
        sessions = SessionBook()
        mailbox = Mailbox(logger: logger)
        // Links in mails are good until the process ends; where there are several processes this is a setting.
        tokens = try UnlockTokens(secret: Random.bytes(32))
        let protected = ProtectedTargets(proxies: settings.proxies, administrators: settings.administrators)
        let decisions = DecisionBoard(protected: protected)
        // In earnest this is a SlackChannel of RiposteChannels.
        outbox = OutboxService(store: store, channels: [LoggerChannel(name: "slack", logger: logger), LoggerChannel(logger: logger)])
        responder = try IncidentResponder(
            playbooks: [.bruteForceResponse, .criticalAnomalyAutoBlock] + playbooks,
            // Our middlewares and our sign-in ask Riposte about accounts and sessions, so what it decides is obeyed.
            actions: .shipped(
                decisions: decisions, store: store, outbox: outbox, log: LoggerEventLog(logger), sessions: [sessions], mailer: mailbox,
                tokens: tokens, isObeyed: true),
            store: store, decisions: decisions, outbox: outbox, configuration: .init(protected: protected), logger: logger)
        security = EventReporter(to: responder, configuration: .init(patience: settings.patience))
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
        router.add(middleware: WholeFormMiddleware())
        router.add(
            middleware: SecurityMiddleware(
                security, behind: TrustedProxies(settings.proxies), exempt: ["/healthz"],
                pages: AccountPages(
                    signIn: "/sign-in", passwordReset: "/reset", secondFactor: "/second-factor",
                    open: ["/sign-out", "/password", "/unlock"])
            ) { [sessions, sessionCookie] request, context in
                context.session = request.cookies[sessionCookie].flatMap { sessions.session($0.value) }
                return context.session?.signedIn
            })
        // Seen in the log of those whose requests are logged in more detail.
        router.add(middleware: RequestLogMiddleware())
        router.get("healthz") { _, _ in "ok\n" }
        addHome(to: router)
        addSignIn(to: router)
        addSecondFactor(to: router)
        addPassword(to: router)
        addUnlock(to: router)
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
