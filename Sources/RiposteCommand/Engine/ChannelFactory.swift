import Logging
import Riposte
import RiposteChannels
import RiposteConfiguration

struct ChannelFactory {
    let client: HTTPClient
    let logger: Logger
    func channels(_ s: [ChannelName: ChannelSettings]) throws -> [any NotificationChannel] { [] }
}
struct WebhookFactory {
    let client: HTTPClient
    func actions(_ s: [ActionName: WebhookSettings]) throws -> [any ResponseAction] { [] }
}
