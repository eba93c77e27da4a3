internal import Riposte

/// Sends HTTP/1.1 requests with libcurl, from one thread of its own: no task of the caller's is ever blocked.
///
/// - Redirects are not followed, TLS certificates are verified (TLS 1.2 or later), cookies, `.netrc` and the environment's
///   proxies are ignored.
/// - Each request has its own connection: it is sent once, and the address it goes to is checked each time
///   (``AddressPolicy``).
/// - Cancelling the task ends its transfer. The thread ends with the client.
public final class HTTPClient: Sendable {
    public let configuration: Configuration
    private let loop: TransferLoop

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        loop = TransferLoop(maximumInFlight: configuration.maximumInFlight, maximumQueued: configuration.maximumQueued)
    }

    deinit { loop.stop() }

    public var statistics: Statistics { loop.statistics }

    /// Sends `request` and waits for the whole response, whatever its status.
    ///
    /// - Throws: ``HTTPError`` where there is no response, or none that was whole.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try check(request)
        let cancellation = CancellationFlag()
        let deadline = ContinuousClock.now + (request.timeout ?? configuration.timeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(
                    HTTPSubmission(
                        request: request, configuration: configuration, deadline: deadline, cancellation: cancellation,
                        continuation: continuation))
            }
        } onCancel: {
            cancellation.raise()
            loop.wake()
        }
        return try result.get()
    }

    private func check(_ request: HTTPRequest) throws(HTTPError) {
        guard request.method.isSupported else { throw HTTPError(.invalidRequest, .permanent, "the method is none that this client sends") }
        guard request.body.count <= configuration.maximumRequestBody else {
            let limit = configuration.maximumRequestBody
            throw HTTPError(
                .tooLarge, .permanent, "the request to \(request.url) is \(request.body.count) bytes long; the limit is \(limit)")
        }
        // A proxy would connect on our behalf, where no check of ours sees it.
        if configuration.proxy != nil, let address = request.url.hostAddress {
            let policy = AddressPolicy(allowedNetworks: configuration.allowedNetworks)
            if let reason = policy.refusal(of: address) { throw .refused(address, reason, request.url.host) }
        }
    }
}
