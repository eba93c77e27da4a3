internal import Riposte

extension SettingsSections {
    mutating func readChannels(_ value: LocatedValue) {
        for member in named(value, "channels") {
            if let channel = channel(member) { settings.channels[ChannelName(member.key)] = channel }
            readDelivery(member)
        }
    }

    private static let channelTypes = [
        "log", "file", "webhook", "slack", "teams", "discord", "pagerduty", "opsgenie", "email", "sms", "syslog",
    ]

    private mutating func channel(_ member: LocatedValue.Member) -> ChannelSettings? {
        let what = "channel “\(member.key)”"
        guard case .map(let members) = member.value.content else {
            values.error(member.value.location, "\(what) must be a map; got \(PlaybookReader.got(member.value))")
            return nil
        }
        guard let type = members.first(where: { $0.key == "type" })?.value else {
            let types = Self.channelTypes.dropLast().joined(separator: ", ") + " or " + (Self.channelTypes.last ?? "")
            values.error(member.value.location, "\(what) needs a “type”: \(types)")
            return nil
        }
        switch values.choice(type, "type", Self.channelTypes) {
        case "log": return logChannel(member.value, what)
        case "file": return fileChannel(member.value, what)
        case "webhook": return webhookChannel(member.value, what)
        case "slack": return chatChannel(member.value, what, variable: "SLACK_WEBHOOK_URL").map { .slack(url: $0) }
        case "teams": return chatChannel(member.value, what, variable: "TEAMS_WEBHOOK_URL").map { .teams(url: $0) }
        case "discord": return chatChannel(member.value, what, variable: "DISCORD_WEBHOOK_URL").map { .discord(url: $0) }
        case "pagerduty": return pagerDutyChannel(member.value, what)
        case "email": return emailChannel(member.value, what)
        case "opsgenie": return opsgenieChannel(member.value, what)
        case "sms": return smsChannel(member.value, what)
        case "syslog": return syslogChannel(member.value, what)
        default: return nil
        }
    }

    private mutating func logChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        guard let map = values.map(value, what, known: ["type", "path"] + Self.deliveryKeys, later: []) else { return nil }
        return .log(path: map["path"].flatMap { path($0, "path") })
    }

    private mutating func webhookChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let literal = withoutSecrets(value, ["secret", "signing_secret", "token", "password"])
        let known = ["type", "url_env", "url_file"] + Self.requestKeys + Self.secretKeys + Self.deliveryKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        for key in ["url", "headers", "body"] { map[key].map { checkTemplates($0, known: Self.notificationNames) } }
        return webhook(map, what, at: value.location).map(ChannelSettings.webhook)
    }

    private mutating func fileChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        guard let map = values.map(value, what, known: ["type", "path"] + Self.deliveryKeys, later: []) else { return nil }
        guard let file = map["path"] else {
            values.error(value.location, "\(what) needs “path”: the file to append to")
            return nil
        }
        return path(file, "path").map { .log(path: $0) }
    }

    /// A chat service's webhook: its URL is the secret.
    private mutating func chatChannel(_ value: LocatedValue, _ what: String, variable: String) -> Secret? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["url", "token"], variables: ["url": variable])
        guard let map = values.map(literal, what, known: ["type", "url_env", "url_file"] + Self.deliveryKeys, later: []) else { return nil }
        if let url = reference(map, "url") { return url }
        if !hasErrors(since: errors) { values.error(value.location, "\(what) needs “url_env” or “url_file”: where its URL is") }
        return nil
    }

    private mutating func pagerDutyChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(
            value, ["routing_key", "integration_key", "token"],
            variables: ["routing_key": "PAGERDUTY_ROUTING_KEY", "integration_key": "PAGERDUTY_ROUTING_KEY"])
        let known = ["type", "routing_key_env", "routing_key_file", "url", "source"] + Self.deliveryKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        let key = reference(map, "routing_key")
        if key == nil, !hasErrors(since: errors) {
            values.error(value.location, "\(what) needs “routing_key_env” or “routing_key_file”: where the key of its integration is")
        }
        let url = map["url"].flatMap { secretURL($0, "the routing key") }
        let source = map["source"].flatMap { values.text($0, "source") }
        return key.map { .pagerDuty(PagerDutySettings(routingKey: $0, url: url, source: source)) }
    }

    static func isThisMachine(_ host: String) -> Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}
