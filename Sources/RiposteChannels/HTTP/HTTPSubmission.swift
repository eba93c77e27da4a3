/// An HTTP request that somebody waits for.
struct HTTPSubmission: Submission {
    let request: HTTPRequest
    let configuration: HTTPClient.Configuration
    let deadline: ContinuousClock.Instant
    let cancellation: CancellationFlag
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

    var what: String { "the request to \(request.url)" }

    func start() throws(HTTPError) -> any Transfer { try HTTPTransfer(self) }
    func finish(_ result: Result<HTTPResponse, HTTPError>) { continuation.resume(returning: result) }
    func fail(_ error: HTTPError) { finish(.failure(error)) }
}
