import Logging
import Riposte
import RiposteChannels
import RiposteConfiguration

/// Makes the notification channels of settings.
struct ChannelFactory {
    let client: HTTPClient
    let allowedNetworks: [AddressRange]
    let logger: Logger

    /// By name. Throws where a channel cannot work as it is set.
    func channels(_ settings: [ChannelName: ChannelSettings]) throws -> [any NotificationChannel] {
        try settings.sorted { $0.key < $1.key }.map { try channel($0.key, $0.value) }
    }

    private func channel(_ name: ChannelName, _ settings: ChannelSettings) throws -> any NotificationChannel {
        switch settings {
        case .log(path: nil): return LoggerChannel(name: name, logger: logger)
        case .log(let path?): return FileChannel(name: name, path: path)
        case .slack(let url): return SlackChannel(name: name, webhook: url, client: client)
        case .teams(let url): return TeamsChannel(name: name, webhook: url, client: client)
        case .discord(let url): return DiscordChannel(name: name, webhook: url, client: client)
        case .webhook(let webhook):
            return try usable(name) { try WebhookChannel(name: name, WebhookConfiguration(webhook), client: client) }
        case .pagerDuty(let settings):
            return try usable(name) {
                try PagerDutyChannel(
                    name: name, routingKey: settings.routingKey, url: settings.url ?? PagerDutyChannel.address,
                    source: settings.source ?? LeaseHolder.hostName(), client: client)
            }
        case .email(let settings):
            return try usable(name) {
                try EmailChannel(name: name, EmailConfiguration(settings, allowedNetworks: allowedNetworks))
            }
        case .opsgenie(let settings):
            let region = settings.region == .eu ? OpsgenieChannel.europeanAddress : OpsgenieChannel.address
            return try usable(name) {
                try OpsgenieChannel(
                    name: name, apiKey: settings.apiKey, url: settings.url ?? region, source: settings.source ?? LeaseHolder.hostName(),
                    client: client)
            }
        case .sms(let settings):
            return try usable(name) { try SMSChannel(name: name, SMSConfiguration(settings), client: client) }
        case .syslog(let settings):
            return try usable(name) { SyslogChannel(name: name, try SyslogConfiguration(settings, allowedNetworks: allowedNetworks)) }
        }
    }

    private func usable(_ name: ChannelName, _ make: () throws -> any NotificationChannel) throws -> any NotificationChannel {
        do { return try make() } catch { throw UnusableSetting(description: "channel “\(name)”: \(error)") }
    }
}

extension EmailConfiguration {
    /// What settings say, as the channels' library takes it.
    init(_ settings: EmailSettings, allowedNetworks: [AddressRange]) throws {
        let encryption: MailServer.Encryption =
            switch settings.encryption {
            case .starttls: .startTLS
            case .implicit: .implicit
            case .none: .none
            }
        guard let server = MailServer(host: settings.host, port: settings.port.flatMap(UInt16.init), encryption: encryption) else {
            throw UnusableSetting(description: "“\(settings.host)” is not the name or address of a mail server")
        }
        self.init(
            server: server, from: try MailAddress(setting: settings.from), to: try settings.to.map { try MailAddress(setting: $0) },
            username: settings.username, password: settings.password, certificateAuthorities: settings.authorities,
            allowedNetworks: allowedNetworks)
    }
}

extension SMSConfiguration {
    /// What settings say, as the channels' library takes it.
    init(_ settings: SMSSettings) throws {
        guard let sender = Sender(settings.from) else {
            throw UnusableSetting(
                description:
                    "“\(settings.from)” is not a number (+41791234567), a name of up to eleven letters and digits, or a messaging service")
        }
        let to = try settings.to.map { text in
            guard let number = PhoneNumber(text) else { throw UnusableSetting(description: "“\(text)” is not a telephone number") }
            return number
        }
        self.init(url: settings.url ?? Self.address, account: settings.account, token: settings.token, from: sender, to: to)
    }
}

extension SyslogConfiguration {
    /// What settings say, as the channels' library takes it.
    init(_ settings: SyslogSettings, allowedNetworks: [AddressRange]) throws {
        let transport: SyslogServer.Transport =
            switch settings.transport {
            case .udp: .udp
            case .tcp: .tcp
            case .tls: .tls
            }
        guard let server = SyslogServer(host: settings.host, port: settings.port.flatMap(UInt16.init), transport: transport),
            let facility = Facility(rawValue: settings.facility)
        else { throw UnusableSetting(description: "“\(settings.host)” is not the name or address of a syslog server") }
        self.init(
            server: server, facility: facility, hostname: settings.source ?? LeaseHolder.hostName(), maximumSize: settings.maximumSize,
            certificateAuthorities: settings.authorities, allowedNetworks: allowedNetworks)
    }
}

extension MailAddress {
    init(setting text: String) throws {
        guard let address = MailAddress(text) else { throw UnusableSetting(description: "“\(text)” is not a mail address") }
        self = address
    }
}

/// A setting that reads well and cannot work.
struct UnusableSetting: Error, CustomStringConvertible {
    var description: String
}
