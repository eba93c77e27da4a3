internal import CLibcurl
internal import Riposte

extension EasyHandle {
    /// What is the same for every request of a client.
    func apply(_ configuration: HTTPClient.Configuration) throws(HTTPError) {
        try applyCommon(connectTimeout: configuration.connectTimeout, authorities: configuration.certificateAuthorities)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_FOLLOWLOCATION, false)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        if let proxy = configuration.proxy { try set(CURLOPT_PROXY, proxy.text) }
    }

    /// What is the same for everything that goes out.
    func applyCommon(connectTimeout: Duration, authorities: String?) throws(HTTPError) {
        try set(CURLOPT_NOSIGNAL, true)
        // A transfer that ends while its name is being looked up would else hold up all others until the look-up ends.
        try set(CURLOPT_QUICK_EXIT, true)
        try set(CURLOPT_FRESH_CONNECT, true)
        try set(CURLOPT_FORBID_REUSE, true)
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: connectTimeout)
        // Empty texts, because without any the environment's variables count.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "")
        try applyTrust(authorities)
    }

    private func applyTrust(_ authorities: String?) throws(HTTPError) {
        try set(CURLOPT_SSL_VERIFYPEER, true)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        guard let authorities else { return }
        try set(CURLOPT_CAINFO, authorities)
    }

    func apply(_ request: HTTPRequest, timeout: Duration) throws(HTTPError) {
        try set(CURLOPT_URL, request.url.text)
        try set(CURLOPT_TIMEOUT_MS, milliseconds: timeout)
        if request.method == .head {
            try set(CURLOPT_NOBODY, true)
        } else {
            if !request.body.isEmpty || request.method.announcesEmptyBody { try setBody(request.body) }
            try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        // Without these, libcurl waits a second for a server that may not know “100-continue”, and calls any body a form.
        let own = request.fields["content-type"] == nil ? ["Expect:", "Content-Type:"] : ["Expect:"]
        try set(CURLOPT_HTTPHEADER, own + request.fields.all.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" })
    }
}
