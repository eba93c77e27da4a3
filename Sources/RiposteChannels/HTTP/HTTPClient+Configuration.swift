public import Riposte

extension HTTPClient {
    /// How a client behaves. Every limit is a hard one.
    public struct Configuration: Sendable {
        public var connectTimeout: Duration
        /// From the call to the last byte of the response, for a request that names no other.
        public var timeout: Duration
        /// How many transfers run at once.
        public var maximumInFlight: Int
        /// How many more may wait; what comes on top is refused and counted.
        public var maximumQueued: Int
        /// In bytes; what is longer is cut and flagged.
        public var maximumResponseBody: Int
        /// In bytes; what is longer is not sent.
        public var maximumRequestBody: Int
        /// Addresses that are refused by default and may be connected to, as `127.0.0.1`; see ``AddressPolicy``.
        public var allowedNetworks: [AddressRange]
        /// The proxy for every request; none where `nil`, whatever the environment says. Through a proxy it is the proxy
        /// that connects: the address policy then sees the proxy's address, and hosts that are written as addresses.
        public var proxy: HTTPURL?
        /// The file with the certificate authorities to trust (PEM); the system's where `nil`.
        public var certificateAuthorities: String?
        public var userAgent: String

        public init(
            connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(10), maximumInFlight: Int = 16, maximumQueued: Int = 256,
            maximumResponseBody: Int = 65_536, maximumRequestBody: Int = 1_048_576, allowedNetworks: [AddressRange] = [],
            proxy: HTTPURL? = nil,
            certificateAuthorities: String? = nil, userAgent: String = "riposte"
        ) {
            self.connectTimeout = connectTimeout
            self.timeout = timeout
            self.maximumInFlight = maximumInFlight
            self.maximumQueued = maximumQueued
            self.maximumResponseBody = maximumResponseBody
            self.maximumRequestBody = maximumRequestBody
            self.allowedNetworks = allowedNetworks
            self.proxy = proxy
            self.certificateAuthorities = certificateAuthorities
            self.userAgent = userAgent
        }
    }

    /// How busy a client is.
    public struct Statistics: Sendable, Hashable {
        public var inFlight: Int
        public var queued: Int
        /// Requests refused because the queue was full, since the client was made.
        public var refused: UInt64

        public init(inFlight: Int = 0, queued: Int = 0, refused: UInt64 = 0) {
            self.inFlight = inFlight
            self.queued = queued
            self.refused = refused
        }
    }
}
