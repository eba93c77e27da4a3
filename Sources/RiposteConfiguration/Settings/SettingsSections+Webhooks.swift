internal import Riposte

extension SettingsSections {
    static let secretKeys = ["secret_env", "secret_file", "signing_secret_env", "signing_secret_file"]
    static let requestKeys = ["url", "method", "headers", "body", "expect", "timeout"]

    mutating func readActions(_ value: LocatedValue) {
        for member in named(value, "actions") {
            if ActionName.shipped.contains(ActionName(member.key)) {
                values.error(member.keyLocation, "“\(member.key)” is one of Riposte's own actions", "choose another name")
            }
            let what = "action “\(member.key)”"
            if case .map(let members) = member.value.content, let type = members.first(where: { $0.key == "type" })?.value,
                type.json == "run_command"
            {
                readCommand(member, what)
                continue
            }
            let literal = withoutSecrets(member.value, ["secret", "signing_secret", "token", "password"])
            guard let map = values.map(literal, what, known: ["type"] + Self.requestKeys + Self.secretKeys, later: []) else { continue }
            if let type = map["type"] { _ = values.choice(type, "type", ["run_command", "webhook"]) }
            if let webhook = webhook(map, what, at: member.value.location) { settings.actions[ActionName(member.key)] = webhook }
        }
    }

    // MARK: Requests

    mutating func webhook(_ map: [String: LocatedValue], _ what: String, at place: SourceLocation?) -> WebhookSettings? {
        let errors = values.findings.count
        let url = address(map)
        if url == nil, !hasErrors(since: errors) { values.error(place, "\(what) needs a “url”") }
        var webhook = WebhookSettings(url: url ?? .literal(""))
        if let value = map["method"], let method: WebhookSettings.Method = values.word(value, "method") { webhook.method = method }
        if let value = map["headers"] { webhook.headers = headers(value) }
        if let value = map["body"] { webhook.body = value.json }
        if let value = map["expect"] { webhook.expect = statuses(value) }
        if let value = map["timeout"], let timeout = values.duration(value, "timeout") { webhook.timeout = timeout }
        webhook.secret = reference(map, "secret")
        webhook.signingSecret = reference(map, "signing_secret")
        if let value = map["url"], case .literal(let text)? = url, webhook.sendsSecret, text.lowercased().hasPrefix("http://") {
            values.warning(value.location, "a secret goes over the network in the clear", "use https")
        }
        return url == nil ? nil : webhook
    }

    private mutating func address(_ map: [String: LocatedValue]) -> WebhookSettings.Address? {
        guard let value = map["url"] else { return reference(map, "url").map(WebhookSettings.Address.secret) }
        for other in ["url_env", "url_file"] {
            if let other = map[other] { values.error(other.location, "“url” and a reference to one exclude each other") }
        }
        guard let text = values.text(value, "url") else { return nil }
        guard let problem = WebhookURL.problem(in: text) else { return .literal(text) }
        values.error(value.location, problem.message, problem.suggestion)
        return nil
    }

    private mutating func headers(_ value: LocatedValue) -> [String: WebhookSettings.HeaderValue] {
        guard case .map(let members) = value.content else {
            values.error(value.location, "“headers” must be a map; got \(PlaybookReader.got(value))")
            return [:]
        }
        var headers: [String: WebhookSettings.HeaderValue] = [:]
        for member in members {
            guard let header = header(member) else { continue }
            if headers.keys.contains(where: { $0.lowercased() == member.key.lowercased() }) {
                values.error(member.keyLocation, "the header “\(member.key)” is there twice")
            }
            headers[member.key] = header
        }
        return headers
    }

    private mutating func header(_ member: LocatedValue.Member) -> WebhookSettings.HeaderValue? {
        guard WebhookURL.isHeaderName(member.key) else {
            values.error(member.keyLocation, "“\(member.key.prefix(40))” is not a header's name")
            return nil
        }
        if case .map = member.value.content {
            guard let map = values.map(member.value, "header “\(member.key)”", known: ["env", "file"], later: []) else { return nil }
            return reference(["value_env": map["env"], "value_file": map["file"]].compactMapValues { $0 }, "value", shown: ("env", "file"))
                .map(WebhookSettings.HeaderValue.secret)
        }
        if WebhookWords.isSecretHeader(member.key) {
            values.error(
                member.value.location, "the header “\(member.key)” is a secret and does not belong into this file",
                "write {env: NAME} or {file: PATH}")
            return nil
        }
        guard let text = values.text(member.value, member.key) else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            values.error(member.value.location, "a header's value is one line")
            return nil
        }
        return .literal(text)
    }

    /// `200`, `2xx`, `200-299`, or a list of these.
    private mutating func statuses(_ value: LocatedValue) -> [ClosedRange<Int>] {
        let elements: [LocatedValue] = if case .list(let elements) = value.content { elements } else { [value] }
        if elements.isEmpty { values.error(value.location, "“expect” is an empty list", "leave it out for 2xx") }
        return elements.compactMap { element in
            if let range = WebhookWords.statuses(element.json) { return range }
            values.error(element.location, "“expect” holds statuses such as 200, 2xx or 200-299; got \(PlaybookReader.got(element))")
            return nil
        }
    }

    // MARK: Secrets

    /// `NAME_env` or `NAME_file`. What stands there is never shown: it may be the secret itself.
    mutating func reference(
        _ map: [String: LocatedValue], _ name: String, shown: (env: String, file: String)? = nil
    ) -> Secret? {
        let shown = shown ?? ("\(name)_env", "\(name)_file")
        if let other = map["\(name)_file"], map["\(name)_env"] != nil {
            values.error(other.location, "“\(shown.env)” and “\(shown.file)” exclude each other")
        }
        if let value = map["\(name)_env"] {
            if case .scalar(.string(let text)) = value.content, Self.isVariable(text) { return .environment(text) }
            values.error(value.location, "“\(shown.env)” must be the name of an environment variable, such as SLACK_WEBHOOK_URL")
        } else if let value = map["\(name)_file"] {
            if case .scalar(.string(let text)) = value.content, !text.isEmpty { return .file(FilePath.join(folder, text)) }
            values.error(value.location, "“\(shown.file)” must be the path of a file")
        }
        return nil
    }

    private static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
    }

    /// Refuses secrets that are written out, and takes them away so that nothing else speaks of them.
    ///
    /// - Parameter variables: what a secret's variable may be called, for the suggestion.
    mutating func withoutSecrets(_ value: LocatedValue, _ keys: [String], variables: [String: String] = [:]) -> LocatedValue {
        guard case .map(let members) = value.content else { return value }
        for member in members where keys.contains(member.key) {
            let name = variables[member.key] == nil && ["token", "password"].contains(member.key) ? "secret" : member.key
            let example = variables[member.key] ?? (member.key == "url" ? "SLACK_WEBHOOK_URL" : "NAME")
            values.error(
                member.value.location ?? member.keyLocation, "“\(member.key)” is a secret and does not belong into this file",
                "put it into the environment and write “\(name)_env: \(example)”, or into a file and write “\(name)_file: PATH”")
        }
        return LocatedValue(.map(members.filter { !keys.contains($0.key) }), at: value.location)
    }
}

extension WebhookSettings {
    /// Whether a request carries something that must not be read on its way.
    var sendsSecret: Bool {
        secret != nil || headers.values.contains { if case .secret = $0 { true } else { false } }
    }
}
