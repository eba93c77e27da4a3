/// Which proxies stand in front of a server, and how the client's address is read from what they have written down.
///
/// A header is believed as far as proxies that were declared have written it, and no further: it is read from the right, where
/// the nearest proxy has put whom *it* saw, and the first address that is no declared proxy is the client. What stands left of it
/// the client may have made up. Of somebody who is no declared proxy no header is read at all.
public struct TrustedProxies: Sendable, Hashable {
    /// Where the proxies write down whom they saw. One of them: a header that no proxy of ours writes comes from the client.
    public enum Header: String, Sendable, Hashable, CaseIterable {
        /// Addresses, the nearest last; what most proxies write.
        case xForwardedFor = "X-Forwarded-For"
        /// RFC 7239.
        case forwarded = "Forwarded"
    }

    /// Where proxies sit whose word counts; empty = there is none, and no header is read.
    public var networks: [AddressRange]
    /// Which header they write. The other one is never read.
    public var header: Header

    /// Declares the proxies; with nothing said a client is whoever has the connection.
    public init(_ networks: [AddressRange] = [], header: Header = .xForwardedFor) {
        self.networks = networks
        self.header = header
    }

    /// More hops than these are nobody's set-up.
    static let longestChain = 32

    /// The client's address.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection; `nil` for a local socket, whose other end can only be a proxy.
    ///   - lines: the header's lines, in the order in which they came.
    /// - Returns: the first address from the right that is no proxy. Where the chain breaks off, or all are proxies, the last one
    ///   that can be believed; `nil` only for a local socket without any.
    public func client(of peer: IPAddress?, _ lines: [String]) -> IPAddress? {
        if let peer, !isProxy(peer) { return peer }
        guard !networks.isEmpty else { return peer }
        var last = peer
        var left = Self.longestChain
        for var line in lines.reversed() {
            let isOver = line.withUTF8 { bytes in
                var chain = ForwardedChain(bytes, header)
                while left > 0, let hop = chain.next() {
                    left -= 1
                    guard let address = hop else { return true }
                    last = address
                    guard isProxy(address) else { return true }
                }
                return left == 0
            }
            if isOver { break }
        }
        return last
    }

    private func isProxy(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}
