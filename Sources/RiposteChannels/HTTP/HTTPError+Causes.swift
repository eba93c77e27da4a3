internal import CLibcurl
internal import Riposte

extension HTTPError {
    static func cancelled(_ what: String, wasSent: Bool) -> HTTPError {
        HTTPError(.cancelled, wasSent ? .unknown : .transient, "\(what) was cancelled")
    }

    static func refused(_ address: IPAddress, _ reason: String, _ host: String) -> HTTPError {
        HTTPError(
            .refusedAddress, .permanent,
            "\(host) is at \(address), \(reason), which is not connected to unless it is listed: add \(address) to the allowed networks"
        )
    }

    static func unavailable(_ what: String) -> HTTPError { HTTPError(.unavailable, .transient, what) }

    /// What a code of libcurl means for a request to `url`.
    ///
    /// - Parameter wasSent: whether any byte of the request had left: then the server may have acted on it.
    static func curl(_ code: CURLcode, _ url: HTTPURL, wasSent: Bool, detail: String) -> HTTPError {
        let open: FailureKind = wasSent ? .unknown : .transient
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            return HTTPError(.timedOut, open, "the request to \(url) timed out" + (wasSent ? "; it had been sent" : " before it was sent"))
        case CURLE_COULDNT_CONNECT:
            return HTTPError(.couldNotConnect, .transient, "no connection to \(url.origin)")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return HTTPError(.couldNotResolve, .transient, "the name in \(url.origin), or that of its proxy, does not resolve")
        case _ where certificateCodes.contains(code):
            return HTTPError(
                .certificate, .permanent,
                "the certificate of \(url.origin) is not trusted: \(detail). Renew it there, or have this machine trust the authority that "
                    + "signed it")
        case _ where isTLS(code):
            return HTTPError(.tls, open, "no trusted connection to \(url.origin): \(detail)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            return HTTPError(.connectionLost, open, "the connection to \(url) ended before the response did")
        case CURLE_UNSUPPORTED_PROTOCOL where wasSent, CURLE_WEIRD_SERVER_REPLY:
            return HTTPError(.invalidResponse, open, "what answers at \(url.origin) does not speak HTTP")
        case CURLE_URL_MALFORMAT:
            return HTTPError(.invalidURL, .permanent, "not a usable URL for the library that connects")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            return .unavailable("the request to \(url) could not be prepared: \(name(code))")
        default:
            return HTTPError(wasSent ? .invalidResponse : .unavailable, open, "the request to \(url) failed: \(name(code))")
        }
    }

    /// Whether no trusted connection came about.
    static func isTLS(_ code: CURLcode) -> Bool { tlsCodes.contains(code) || certificateCodes.contains(code) }

    private static let tlsCodes: [CURLcode] = [
        CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT,
    ]

    /// A person has to mend these: the server's certificate, or the file that says whom to trust.
    private static let certificateCodes: [CURLcode] = [
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_INVALIDCERTSTATUS,
    ]

    /// libcurl's fixed text for a code: it holds nothing of the request.
    static func name(_ code: CURLcode) -> String { curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)" }
}
