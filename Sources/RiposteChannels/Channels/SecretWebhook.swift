internal import Riposte

/// A webhook of a chat service: its URL is the secret. It is read from where it is kept at each post, and no message shows
/// more of it than its host.
struct SecretWebhook: Sendable {
    let url: Secret
    let allowsPlainHTTP: Bool
    let timeout: Duration
    let client: HTTPClient

    /// What came back, and from whom.
    struct Answer: Sendable {
        let response: HTTPResponse
        fileprivate let url: HTTPURL

        /// The failure that the answer is. `words` are the server's: they are left away where they repeat a part of the URL.
        func failure(_ kind: FailureKind, _ words: String, retryAfter: Duration? = nil) -> DeliveryFailure {
            let words = ServerWords.shown(words, without: secrets)
            return DeliveryFailure(kind, "\(url.origin) answered \(response.status)" + words, retryAfter: retryAfter ?? response.retryAfter)
        }

        private var secrets: [String] {
            let parts = url.path.split(separator: "/") + (url.query ?? "").split { $0 == "&" || $0 == "=" }
            return parts.filter { $0.utf8.count >= 8 }.map(String.init)
        }
    }

    /// - Parameter query: what is added to the URL's own query.
    func post(_ body: [UInt8], query: String? = nil) async throws(DeliveryFailure) -> Answer {
        let url = try target(query)
        do throws(HTTPError) {
            var request = HTTPRequest(.post, url, body: body, timeout: timeout)
            try request.fields.set("Content-Type", "application/json; charset=utf-8")
            return Answer(response: try await client.send(request), url: url)
        } catch {
            throw DeliveryFailure(error)
        }
    }

    private func target(_ query: String?) throws(DeliveryFailure) -> HTTPURL {
        let value: SecretValue
        do throws(SecretError) { value = try url.resolve() } catch { throw DeliveryFailure(error) }
        var url: HTTPURL
        do throws(HTTPError) {
            url = try HTTPURL(value.revealed)
            if let query { url = try HTTPURL(url.text + (url.query == nil ? "?" : "&") + query) }
        } catch {
            throw DeliveryFailure(.permanent, "the secret \(self.url) is \(error.message)")
        }
        url.concealsPath = true
        guard url.scheme == .https || allowsPlainHTTP else {
            throw DeliveryFailure(.permanent, "the webhook at \(url.origin) is not https")
        }
        return url
    }
}
