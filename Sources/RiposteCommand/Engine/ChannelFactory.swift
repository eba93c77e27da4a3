import Logging
import Riposte
import RiposteChannels
import RiposteConfiguration

/// Makes the notification channels of settings.
struct ChannelFactory {
    let client: HTTPClient
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
        case .webhook(let webhook):
            do throws(WebhookError) {
                return try WebhookChannel(name: name, WebhookConfiguration(webhook), client: client)
            } catch {
                throw UnusableSetting(description: "channel “\(name)”: \(error)")
            }
        }
    }
}

/// A setting that reads well and cannot work.
struct UnusableSetting: Error, CustomStringConvertible {
    var description: String
}
