internal import Riposte

/// Channels that call people, or that send to a server of their own.
extension SettingsSections {
    mutating func opsgenieChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["api_key", "token"], variables: ["api_key": "OPSGENIE_API_KEY"])
        let known = ["type", "api_key_env", "api_key_file", "region", "url", "source"] + Self.deliveryKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        let key = reference(map, "api_key")
        if key == nil, !hasErrors(since: errors) {
            values.error(value.location, "\(what) needs “api_key_env” or “api_key_file”: where the key of its API integration is")
        }
        var settings = OpsgenieSettings(apiKey: key ?? .environment(""))
        if let value = map["region"], let region: OpsgenieSettings.Region = values.word(value, "region") { settings.region = region }
        if let value = map["url"], map["region"] != nil { values.error(value.location, "“url” and “region” exclude each other") }
        settings.url = map["url"].flatMap { secretURL($0, "the API key") }
        settings.source = map["source"].flatMap { values.text($0, "source") }
        return key == nil ? nil : .opsgenie(settings)
    }

    mutating func smsChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["auth_token", "token", "password"], variables: ["auth_token": "TWILIO_AUTH_TOKEN"])
        let known = ["type", "account_sid", "auth_token_env", "auth_token_file", "from", "to", "url"] + Self.deliveryKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        for key in ["account_sid", "from", "to"] where map[key] == nil { values.error(value.location, "\(what) needs “\(key)”") }
        let token = reference(map, "auth_token")
        if token == nil, !hasErrors(since: errors) {
            values.error(value.location, "\(what) needs “auth_token_env” or “auth_token_file”: where the account's token is")
        }
        var settings = SMSSettings(account: "", token: token ?? .environment(""), from: "", to: [])
        settings.account = map["account_sid"].flatMap { values.text($0, "account_sid") } ?? ""
        settings.from = map["from"].flatMap { values.text($0, "from") } ?? ""
        settings.to = map["to"].map { numbers($0) } ?? []
        settings.url = map["url"].flatMap { secretURL($0, "the token") }
        return hasErrors(since: errors) ? nil : .sms(settings)
    }

    /// One number or several, as the whole world dials them.
    private mutating func numbers(_ value: LocatedValue) -> [String] {
        let elements: [LocatedValue] = if case .list(let elements) = value.content { elements } else { [value] }
        if elements.isEmpty { values.error(value.location, "“to” is an empty list", "name somebody to send messages to") }
        return elements.compactMap { element in
            if case .scalar(.string(let text)) = element.content {
                let digits = text.dropFirst().filter { !" .-()".contains($0) }
                let isNumber = digits.allSatisfy { $0.isASCII && $0.isNumber } && digits.first != "0"
                if text.hasPrefix("+"), (8...15).contains(digits.count), isNumber { return text }
            }
            values.error(
                element.location, "“to” holds telephone numbers such as \"+41791234567\"; got \(PlaybookReader.got(element))",
                "write it with its country code, in quotes")
            return nil
        }
    }

    mutating func syslogChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let known = ["type", "host", "port", "protocol", "facility", "source", "max_size", "ca_file"] + Self.deliveryKeys
        guard let map = values.map(value, what, known: known, later: []) else { return nil }
        if map["host"] == nil { values.error(value.location, "\(what) needs “host”") }
        var settings = SyslogSettings(host: map["host"].flatMap { serverHost($0, "a syslog server") } ?? "")
        if let value = map["protocol"], let way: SyslogSettings.Transport = values.word(value, "protocol") { settings.transport = way }
        if let value = map["port"] { settings.port = values.integer(value, "port", in: 1...65535) }
        if let value = map["facility"], let word = values.choice(value, "facility", SyslogSettings.facilities) { settings.facility = word }
        if let value = map["max_size"] { settings.maximumSize = values.integer(value, "max_size", in: 480...65_000) }
        settings.source = map["source"].flatMap { values.text($0, "source") }
        settings.authorities = map["ca_file"].flatMap { path($0, "ca_file") }
        if let authorities = map["ca_file"], settings.transport != .tls {
            values.error(authorities.location, "“ca_file” means nothing without “protocol: tls”")
        }
        return hasErrors(since: errors) ? nil : .syslog(settings)
    }

    /// Where a secret is sent: a service's, or a stand-in on this machine.
    mutating func secretURL(_ value: LocatedValue, _ secret: String) -> String? {
        guard let text = values.text(value, "url") else { return nil }
        if let problem = WebhookURL.problem(in: text) {
            values.error(value.location, problem.message, problem.suggestion)
        } else if text.contains("{{") {
            values.error(value.location, "“{{ }}” has no place in this URL")
        } else if text.lowercased().hasPrefix("http://"), !Self.isThisMachine(WebhookURL.host(of: text)) {
            values.error(value.location, "\(secret) would go over the network in the clear", "use https")
        } else {
            return text
        }
        return nil
    }
}
