internal import Riposte

extension SettingsSections {
    private static let accountTypes = ["postgresql", "ldap", "webhook", "local", "helper"]

    mutating func readAccounts(_ value: LocatedValue) {
        var machine: String?
        for member in named(value, "accounts") {
            guard let account = account(member) else { continue }
            settings.accounts[DirectoryName(member.key)] = account
            guard account.isThisMachine else { continue }
            if let machine {
                values.error(member.value.location, "“\(member.key)” and “\(machine)” are both this machine; take one of them out")
            }
            machine = member.key
        }
    }

    private mutating func account(_ member: LocatedValue.Member) -> AccountSettings? {
        let what = "accounts “\(member.key)”"
        guard case .map(let members) = member.value.content else {
            values.error(member.value.location, "\(what) must be a map; got \(PlaybookReader.got(member.value))")
            return nil
        }
        guard let type = members.first(where: { $0.key == "type" })?.value else {
            values.error(member.value.location, "\(what) needs a “type”: \(Self.accountTypes.joined(separator: ", "))")
            return nil
        }
        switch values.choice(type, "type", Self.accountTypes) {
        case "postgresql": return postgreSQL(member.value, what)
        case "ldap": return ldap(member.value, what)
        case "webhook": return accountWebhook(member.value, what)
        case "local": return values.map(member.value, what, known: ["type"], later: []).map { _ in .local }
        case "helper":
            guard let map = values.map(member.value, what, known: ["type", "socket"], later: []) else { return nil }
            guard let socket = map["socket"] else { return .helper(socket: nil) }
            return path(socket, "socket").map { .helper(socket: $0) }
        default: return nil
        }
    }

    // MARK: A webhook

    private static let webhookVerbs = [
        "lock", "block", "force_reset", "require_second_factor", "revoke_sessions", "terminate_session",
    ]

    private mutating func accountWebhook(_ value: LocatedValue, _ what: String) -> AccountSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["secret", "signing_secret", "token", "password"])
        let known =
            ["type", "url", "url_env", "url_file", "headers", "timeout", "verbs", "standing_url", "mail_address_url"] + Self.secretKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        guard let request = webhook(map, what, at: value.location) else { return nil }
        if request.signingSecret == nil {
            values.error(
                value.location,
                "\(what) needs “signing_secret_env” or “signing_secret_file”: an order that is not signed could be anybody's")
        }
        for key in ["url", "headers"] { map[key].map { checkTemplates($0, known: []) } }
        var settings = AccountWebhookSettings(request: request)
        if let value = map["verbs"] {
            let elements: [LocatedValue] = if case .list(let elements) = value.content { elements } else { [value] }
            if elements.isEmpty { values.error(value.location, "“verbs” is an empty list", "list what the service does") }
            settings.verbs = elements.compactMap { values.choice($0, "verbs", Self.webhookVerbs) }
        } else {
            values.error(value.location, "\(what) needs “verbs”: what the service does", "write verbs: [lock, revoke_sessions]")
        }
        settings.standingURL = map["standing_url"].flatMap { questionURL($0, "standing_url", known: ["user", "restriction"]) }
        settings.mailAddressURL = map["mail_address_url"].flatMap { questionURL($0, "mail_address_url", known: ["user"]) }
        return hasErrors(since: errors) ? nil : .webhook(settings)
    }

    private mutating func questionURL(_ value: LocatedValue, _ what: String, known: [String]) -> String? {
        guard let text = values.text(value, what) else { return nil }
        if let problem = WebhookURL.problem(in: text) {
            values.error(value.location, problem.message, problem.suggestion)
            return nil
        }
        checkTemplates(value, known: known)
        if text.firstRange(of: "user }}") == nil, text.firstRange(of: "user}}") == nil {
            values.error(value.location, "“\(what)” does not ask about anybody", "put {{ user }} into its path or query")
        }
        return text
    }
}

extension AccountSettings {
    fileprivate var isThisMachine: Bool {
        switch self {
        case .local, .helper: true
        case .postgreSQL, .webhook, .ldap: false
        }
    }
}
