public import Riposte
public import RiposteChannels

/// Accounts and sessions behind an HTTP service of the user's own, told by signed requests, one for an order.
///
/// The receiver checks the signature (``RequestSignature``) and knows a repetition by its `Idempotency-Key`.
public struct WebhookDirectory: AccountDirectory, SessionDirectory, MailAddressBook {
    public let name: DirectoryName
    public let restrictions: Set<AccountRestriction>
    private let verbs: Set<AccountVerb>
    private let order: WebhookRequest
    private let look: WebhookRequest?
    private let addressLook: WebhookRequest?
    private let client: HTTPClient
    private let clock: any WallClock

    /// - Parameters:
    ///   - configuration: where orders go and what they carry; its body is the order.
    ///   - verbs: what the service does: `lock`, `block`, `force_reset`, `require_second_factor`, `revoke_sessions`,
    ///     `terminate_session`.
    ///   - standingURL: what is asked how an account stands, with `{{ user }}` and `{{ restriction }}` in it; `nil` = nothing is.
    ///   - mailAddressURL: what is asked for an account's mail address, with `{{ user }}` in it; `nil` = nothing is.
    /// - Throws: ``WebhookError`` where the configuration cannot work.
    public init(
        _ name: DirectoryName, _ configuration: WebhookConfiguration, verbs: Set<String>, standingURL: String? = nil,
        mailAddressURL: String? = nil, client: HTTPClient, clock: any WallClock = SystemClock()
    ) throws(WebhookError) {
        var configuration = configuration
        configuration.method = .post
        configuration.body = "{{ order }}"
        configuration.expectedStatuses = [100...599]  // what each means is decided below
        order = try WebhookRequest(configuration)
        look = try Self.question(standingURL, configuration)
        addressLook = try Self.question(mailAddressURL, configuration)
        self.verbs = Set(verbs.compactMap(AccountVerb.init(rawValue:)))
        restrictions = Set(
            self.verbs.compactMap { verb in
                if case .restrict(let restriction) = verb.job { restriction } else { nil }
            })
        (self.name, self.client, self.clock) = (name, client, clock)
    }

    private static func question(_ url: String?, _ configuration: WebhookConfiguration) throws(WebhookError) -> WebhookRequest? {
        guard let url else { return nil }
        var configuration = configuration
        configuration.address = .literal(url)
        configuration.method = .get
        configuration.body = nil
        return try WebhookRequest(configuration)
    }

    public var scopes: Set<SessionScope> {
        Set(SessionScope.allCases.filter { verbs.contains($0 == .single ? .terminateSession : .revokeSessions) })
    }

    // MARK: - Accounts

    public func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        guard let look else { return .unknown }
        let context: JSONValue = ["user": .string(user), "restriction": .string(restriction.word)]
        return try WebhookMeaning.standing(try await send(look, context, key: "standing"), look.origin)
    }

    public func restrict(_ order: AccountOrder) async throws -> AccountChange {
        guard let verb = AccountVerb.of(.restrict(order.restriction)) else { return .cannot("it has no such verb", .permanent) }
        let response = try await tell(verb, order, key: "\(order.effect):\(verb.rawValue):\(order.until?.description ?? "open")")
        return try WebhookMeaning.change(response, of: order.user, self.order.origin)
    }

    public func lift(_ order: AccountOrder) async throws -> AccountChange {
        guard let verb = AccountVerb.of(.lift(order.restriction)) else { return .cannot("it has no such verb", .permanent) }
        let response = try await tell(verb, order, key: "\(order.effect):\(verb.rawValue)")
        // An account that is gone is under nothing.
        if WebhookMeaning.isUnknown(response) { return .alreadySo }
        return try WebhookMeaning.change(response, of: order.user, self.order.origin)
    }

    private func tell(_ verb: AccountVerb, _ order: AccountOrder, key: String) async throws(DirectoryFailure) -> HTTPResponse {
        var body: [String: JSONValue] = [
            "verb": .string(verb.rawValue), "user": .string(order.user), "incident": .string(order.incident.rawValue),
            "effect": .string(order.effect.rawValue),
        ]
        if case .restrict = verb.job { body["until"] = order.until.map { .string($0.description) } ?? .null }
        return try await send(self.order, ["order": .object(body)], key: key)
    }

    // MARK: - Sessions

    public func revokeSessions(of user: String, before time: Timestamp, key: String) async throws -> SessionChange {
        guard verbs.contains(.revokeSessions) else { return .cannot("it does not end all sessions of a user", .permanent) }
        return try await end(["verb": "revoke_sessions", "user": .string(user), "before": .string(time.description)], key)
    }

    public func terminateSession(_ session: String, of user: String?, key: String) async throws -> SessionChange {
        guard verbs.contains(.terminateSession) else { return .cannot("it does not end single sessions", .permanent) }
        return try await end(["verb": "terminate_session", "session": .string(session), "user": user.map { .string($0) } ?? .null], key)
    }

    private func end(_ body: JSONValue, _ key: String) async throws(DirectoryFailure) -> SessionChange {
        try WebhookMeaning.sessions(try await send(order, ["order": body], key: key), order.origin)
    }

    // MARK: - Mail addresses

    /// Whether the service is asked for them.
    public var tellsMailAddresses: Bool { addressLook != nil }

    public func mailAddress(of user: String) async throws -> String? {
        guard let addressLook else { return nil }
        let response = try await send(addressLook, ["user": .string(user)], key: "mail_address")
        return try WebhookMeaning.mailAddress(response, addressLook.origin)
    }

    private func send(_ request: WebhookRequest, _ context: JSONValue, key: String) async throws(DirectoryFailure) -> HTTPResponse {
        do throws(WebhookError) {
            return try await request.send(in: context, idempotencyKey: key, through: client, clock: clock)
        } catch {
            throw DirectoryFailure(error.kind, error.message, retryAfter: error.retryAfter)
        }
    }
}
