import Hummingbird
import Logging
import Riposte
import RiposteHummingbird

typealias Context = BasicSecuredRequestContext

/// The smallest server that embeds Riposte: everybody's password is "right".
struct Embedded {
    let decisions = DecisionBoard()
    let store = InMemoryStore()
    let responder: IncidentResponder
    let security: EventReporter

    init(playbooks: [Playbook] = [.bruteForce], patience: Duration = .seconds(60)) throws {
        let accounts = AccountDirectories(decisions: decisions, isObeyed: true)
        responder = try IncidentResponder(
            playbooks: playbooks,
            actions: [BlockIP(decisions: decisions), LockAccount(accounts: accounts, store: store)], store: store, decisions: decisions,
            logger: .quiet)
        security = EventReporter(to: responder, configuration: .init(patience: patience))
    }

    /// - Parameter apart: whether the client's address is found out by a middleware of its own.
    func router(
        apart: Bool = false, exempt: Set<String> = [], pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn
    ) -> Router<Context> {
        let router = Router(context: Context.self)
        let proxies = TrustedProxies([AddressRange(IPAddress(v4: 0x7F00_0001))])
        if apart { router.add(middleware: ClientAddressMiddleware(proxies)) }
        router.add(middleware: EnforcementMiddleware(security, behind: apart ? nil : proxies, exempt: exempt))
        router.add(
            middleware: AccountMiddleware(security, pages: pages, locked: locked) { request, _ in
                request.uri.queryParameters["as"].map { name in
                    let since = request.uri.queryParameters["since"].flatMap { Int64(String($0)) }.map { Timestamp(seconds: $0) }
                    return SignedIn(
                        user: String(name), session: request.uri.queryParameters["session"].map { String($0) },
                        since: since ?? SystemClock().now(), hasSecondFactor: request.uri.queryParameters.has("factor"))
                }
            })
        router.get("sign-in") { request, context in
            let user = String(request.uri.queryParameters["user"] ?? "")
            guard request.uri.queryParameters["password"] == "right" else {
                security.report(.loginFailed(user: user, ip: context.security.address, session: nil))
                return HTTPResponse.Status.unauthorized
            }
            security.report(.loginSucceeded(user: user, ip: context.security.address, session: nil))
            return .ok
        }
        router.get("address") { _, context in context.security.address?.description ?? "none" }
        router.get("who") { _, context in context.security.account?.user ?? "nobody" }
        router.post("who") { _, context in context.security.account?.user ?? "nobody" }
        router.get("level") { _, context in context.logger.logLevel.rawValue }
        router.get("healthz") { _, _ in "ok" }
        return router
    }

    func serve(
        apart: Bool = false, exempt: Set<String> = [], pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn,
        logger: Logger = .quiet,
        _ body: @escaping @Sendable (Browser) async throws -> Void
    ) async throws {
        try await withServer(
            router(apart: apart, exempt: exempt, pages: pages, locked: locked), services: [responder, security], logger: logger, body)
    }

    /// Puts a decision in force as an action does.
    @discardableResult
    func decide(_ kind: EffectKind, _ target: Target, terms: EffectTerms? = nil, for minutes: Int = 60) async throws -> Effect {
        let now = SystemClock().now()
        let effect = Effect(
            id: EffectID("eff-\(kind)-\(target)"), kind: kind, target: target, action: .blockIP, terms: terms,
            expiresAt: now + .minutes(minutes), state: .active, incidentID: "inc-hidden", runID: "run-1", step: StepPath(0), playbook: "p",
            createdAt: now)
        _ = try await decisions.claim(effect)
        return effect
    }

    func incidents() async throws -> [Incident] { try await store.incidents(IncidentQuery()) }
}

extension Playbook {
    static let bruteForce = Playbook(
        "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
        steps: [Step(.blockIP, parameters: ["duration_minutes": 60])])
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension Target {
    static func ip(_ text: String) -> Target { .address(AddressRange(text) ?? AddressRange(IPAddress(v4: 0))) }
}
