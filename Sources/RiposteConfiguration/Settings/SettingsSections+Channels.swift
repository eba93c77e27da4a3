internal import Riposte

extension SettingsSections {
    mutating func readChannels(_ value: LocatedValue) {
        for member in named(value, "channels") {
            if let channel = channel(member) { settings.channels[ChannelName(member.key)] = channel }
        }
    }

    private mutating func channel(_ member: LocatedValue.Member) -> ChannelSettings? {
        let what = "channel “\(member.key)”"
        guard case .map(let members) = member.value.content else {
            values.error(member.value.location, "\(what) must be a map; got \(PlaybookReader.got(member.value))")
            return nil
        }
        guard let type = members.first(where: { $0.key == "type" })?.value else {
            values.error(member.value.location, "\(what) needs a “type”: log, webhook, slack, pagerduty or email")
            return nil
        }
        switch values.choice(type, "type", ["log", "webhook", "slack", "pagerduty", "email"]) {
        case "log": return logChannel(member.value, what)
        case "webhook": return webhookChannel(member.value, what)
        case "slack": return slackChannel(member.value, what)
        case "pagerduty": return pagerDutyChannel(member.value, what)
        case "email": return emailChannel(member.value, what)
        default: return nil
        }
    }

    private mutating func logChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        guard let map = values.map(value, what, known: ["type", "path"], later: []) else { return nil }
        return .log(path: map["path"].flatMap { path($0, "path") })
    }

    private mutating func webhookChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let literal = withoutSecrets(value, ["secret", "signing_secret", "token", "password"])
        let known = ["type", "url_env", "url_file"] + Self.requestKeys + Self.secretKeys
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        return webhook(map, what, at: value.location).map(ChannelSettings.webhook)
    }

    private mutating func slackChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["url", "token"])
        guard let map = values.map(literal, what, known: ["type", "url_env", "url_file"], later: []) else { return nil }
        if let url = reference(map, "url") { return .slack(url: url) }
        if values.findings.count == errors { values.error(value.location, "\(what) needs “url_env” or “url_file”: where its URL is") }
        return nil
    }

    private mutating func pagerDutyChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(
            value, ["routing_key", "integration_key", "token"],
            variables: ["routing_key": "PAGERDUTY_ROUTING_KEY", "integration_key": "PAGERDUTY_ROUTING_KEY"])
        let known = ["type", "routing_key_env", "routing_key_file", "url", "source"]
        guard let map = values.map(literal, what, known: known, later: []) else { return nil }
        let key = reference(map, "routing_key")
        if key == nil, values.findings.count == errors {
            values.error(value.location, "\(what) needs “routing_key_env” or “routing_key_file”: where the key of its integration is")
        }
        let url = map["url"].flatMap { pagerDutyURL($0) }
        let source = map["source"].flatMap { values.text($0, "source") }
        return key.map { .pagerDuty(PagerDutySettings(routingKey: $0, url: url, source: source)) }
    }

    /// Of the service region EU, or of a stand-in on this machine: the key goes there.
    private mutating func pagerDutyURL(_ value: LocatedValue) -> String? {
        guard let text = values.text(value, "url") else { return nil }
        if let problem = WebhookURL.problem(in: text) {
            values.error(value.location, problem.message, problem.suggestion)
        } else if text.contains("{{") {
            values.error(value.location, "“{{ }}” has no place in this URL")
        } else if text.lowercased().hasPrefix("http://"), !Self.isThisMachine(WebhookURL.host(of: text)) {
            values.error(value.location, "the routing key would go over the network in the clear", "use https")
        } else {
            return text
        }
        return nil
    }

    static func isThisMachine(_ host: String) -> Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}
