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

    /// Finds it, and notes it in `known`.
    func find(_ request: Request, _ known: RequestSecurity) -> IPAddress? {
        let client = client(of: request, known.peer)
        known.address = client
        return client
    }

    private func client(of request: Request, _ peer: IPAddress?) -> IPAddress? {
        guard let name, !proxies.networks.isEmpty else { return peer }
        return proxies.client(of: peer, request.headers[values: name])
    }
}
