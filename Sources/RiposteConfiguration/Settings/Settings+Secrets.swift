public import Riposte

extension ChannelSettings {
    /// The secrets it needs when it delivers.
    public var secrets: [Secret] {
        switch self {
        case .log, .syslog: []
        case .webhook(let webhook): webhook.secrets
        case .slack(let url), .teams(let url), .discord(let url): [url]
        case .pagerDuty(let settings): [settings.routingKey]
        case .email(let settings): [settings.password].compactMap(\.self)
        case .opsgenie(let settings): [settings.apiKey]
        case .sms(let settings): [settings.token]
        }
    }
}

extension AccountSettings {
    /// The secrets it needs when it is told something.
    public var secrets: [Secret] {
        switch self {
        case .postgreSQL(let settings): [settings.password].compactMap(\.self)
        case .webhook(let settings): settings.request.secrets
        case .ldap(let settings): [settings.password].compactMap(\.self)
        case .local, .helper: []
        }
    }
}

extension WebhookSettings {
    /// The secrets it needs when it is called.
    public var secrets: [Secret] {
        var secrets = [secret, signingSecret].compactMap(\.self)
        if case .secret(let address) = url { secrets.append(address) }
        for case .secret(let value) in headers.sorted(by: { $0.key < $1.key }).map(\.value) { secrets.append(value) }
        return secrets
    }
}
