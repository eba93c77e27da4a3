internal import HTTPTypes
internal import Hummingbird
internal import Riposte

/// Finds out where a request comes from.
struct ClientAddress: Sendable {
    private let proxies: TrustedProxies
    private let name: HTTPField.Name?

    init(_ proxies: TrustedProxies) {
        self.proxies = proxies
        name = HTTPField.Name(proxies.header.rawValue)
    }

    /// Notes it in `security`.
    func find(_ request: Request, _ security: RequestSecurity) { security.address = client(of: request, security.peer) }

    private func client(of request: Request, _ peer: IPAddress?) -> IPAddress? {
        guard let name, !proxies.networks.isEmpty else { return peer }
        return proxies.client(of: peer, request.headers[values: name])
    }
}
