import Hummingbird
import Logging
import Riposte
import RiposteHummingbird

typealias Context = BasicSecuredRequestContext

/// How the same work is spread over middlewares.
enum Arrangement: CaseIterable {
    /// ``SecurityMiddleware``
    case inOne
    /// ``EnforcementMiddleware`` and ``AccountMiddleware``
    case inTwo
    /// The same behind ``ClientAddressMiddleware``
    case inThree
    /// ``SecurityMiddleware`` behind ``ClientAddressMiddleware``
    case inOneBehind
}

/// The smallest server that embeds Riposte: everybody's password is "right".
struct Embedded {
    let arrangement: Arrangement
    let decisions = DecisionBoard()
    let store = InMemoryStore()
    let responder: IncidentResponder
    let security: EventReporter

    init(_ arrangement: Arrangement, playbooks: [Playbook] = [.bruteForce], patience: Duration = .seconds(60)) throws {
        self.arrangement = arrangement
        let accounts = AccountDirectories(decisions: decisions, isObeyed: true)
        responder = try IncidentResponder(
            playbooks: playbooks,
            actions: [BlockIP(decisions: decisions), LockAccount(accounts: accounts, store: store)], store: store, decisions: decisions,
            logger: .quiet)
        security = EventReporter(to: responder, configuration: .init(patience: patience))
    }

    private let proxies = TrustedProxies([AddressRange(IPAddress(v4: 0x7F00_0001))])

    /// Who is signed in says the query.
    private static func signedIn(_ request: Request) -> SignedIn? {
        request.uri.queryParameters["as"].map { name in
            let since = request.uri.queryParameters["since"].flatMap { Int64(String($0)) }.map { Timestamp(seconds: $0) }
            return SignedIn(
                user: String(name), session: request.uri.queryParameters["session"].map { String($0) },
                since: since ?? SystemClock().now(), hasSecondFactor: request.uri.queryParameters.has("factor"))
        }
    }

    private func middlewares(
        _ exempt: Set<String>, _ pages: AccountPages, _ locked: LockedSessions
    ) -> [any MiddlewareProtocol<Request, Response, Context>] {
        let account = AccountMiddleware<Context>(security, pages: pages, locked: locked) { request, _ in Self.signedIn(request) }
        func one(behind proxies: TrustedProxies?) -> SecurityMiddleware<Context> {
            SecurityMiddleware(security, behind: proxies, exempt: exempt, pages: pages, locked: locked) { request, _ in
                Self.signedIn(request)
            }
        }
        return switch arrangement {
        case .inOne: [one(behind: proxies)]
        case .inOneBehind: [ClientAddressMiddleware(proxies), one(behind: nil)]
        case .inTwo: [EnforcementMiddleware(security, behind: proxies, exempt: exempt), account]
        case .inThree: [ClientAddressMiddleware(proxies), EnforcementMiddleware(security, exempt: exempt), account]
        }
    }

    func router(exempt: Set<String> = [], pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn) -> Router<Context> {
        let router = Router(context: Context.self)
        for middleware in middlewares(exempt, pages, locked) { router.add(middleware: middleware) }
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
        exempt: Set<String> = [], pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn, logger: Logger = .quiet,
        _ body: @escaping @Sendable (Browser) async throws -> Void
    ) async throws {
        try await withServer(
            router(exempt: exempt, pages: pages, locked: locked), services: [responder, security], logger: logger, body)
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
