internal import CLibcurl
internal import Riposte

/// One request on its way, and what has come back of its response. Lives on the transferring thread alone.
final class Transfer {
    let submission: Submission
    let easy: EasyHandle
    private let policy: AddressPolicy
    private let maximumBody: Int
    private var fields = HTTPFields()
    private var fieldBytes = 0
    private var body: [UInt8] = []
    private var isCut = false
    private var isHeaderTooLarge = false
    private var refused: (address: IPAddress, reason: String)?
    private var hasOpened = false

    /// All fields of a response together, in bytes.
    static let maximumFieldBytes = 32_768

    init(_ submission: Submission, _ configuration: HTTPClient.Configuration) throws(HTTPError) {
        self.submission = submission
        easy = try EasyHandle()
        policy = AddressPolicy(allowedNetworks: configuration.allowedNetworks)
        maximumBody = configuration.maximumResponseBody
        try easy.apply(configuration)
        try easy.apply(submission.request, timeout: ContinuousClock.now.duration(to: submission.deadline))
        try listen()
    }

    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        let url = submission.request.url
        if isHeaderTooLarge {
            return .failure(
                HTTPError(.tooLarge, .unknown, "the header of the response from \(url) is longer than \(Self.maximumFieldBytes) bytes"))
        }
        if code == CURLE_OK || isCut { return .success(HTTPResponse(status: easy.status, fields: fields, body: body, isCut: isCut)) }
        if code == CURLE_COULDNT_CONNECT, !hasOpened, let refused { return .failure(.refused(refused.address, refused.reason, url)) }
        return .failure(.curl(code, url, wasSent: easy.hasSent, detail: easy.errorDetail))
    }

    func cancelled() -> Result<HTTPResponse, HTTPError> { .failure(.cancelled(submission.request.url, wasSent: easy.hasSent)) }
}

// MARK: - What libcurl calls

extension Transfer {
    /// libcurl calls back only while this transfer is in the set, and the set holds it.
    private func listen() throws(HTTPError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try easy.check(
            riposte_curl_on_body(
                easy.raw, { bytes, _, count, me in Transfer.at(me)?.receiveBody(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0 },
                me))
        try easy.check(
            riposte_curl_on_header(
                easy.raw,
                { bytes, _, count, me in Transfer.at(me)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0 }, me))
        try easy.check(riposte_curl_on_open_socket(easy.raw, { me, _, address in Transfer.at(me)?.open(address) ?? CURL_SOCKET_BAD }, me))
    }

    private static func at(_ me: UnsafeMutableRawPointer?) -> Transfer? {
        me.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes what fits. Taking less than there is ends the transfer, which is what is wanted then.
    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = maximumBody - body.count
        body.append(contentsOf: bytes.prefix(room))
        guard bytes.count > room else { return bytes.count }
        isCut = true
        return 0
    }

    /// Takes one line of the header.
    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        fieldBytes += bytes.count
        guard fieldBytes <= Self.maximumFieldBytes else {
            isHeaderTooLarge = true
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            fields = HTTPFields()  // an interim response (1xx) came before
        } else if let colon = line.firstIndex(of: ":") {
            fields.append(received: String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...]))
        }
        return bytes.count
    }

    private static func trimmed(_ text: Substring) -> String {
        let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]
        guard let first = text.firstIndex(where: { !blanks.contains($0) }), let last = text.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(text[first...last])
    }

    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address, let ip = IPAddress(address) else { return CURL_SOCKET_BAD }
        if let reason = policy.refusal(of: ip) {
            refused = (ip, reason)
            return CURL_SOCKET_BAD
        }
        hasOpened = true
        return riposte_curl_open(address)
    }
}

extension IPAddress {
    /// `nil` for another family.
    fileprivate init?(_ address: UnsafePointer<curl_sockaddr>) {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = riposte_curl_address(address, &bytes)
        let value = bytes[..<count].reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: value))
        case 16: self.init(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
        default: return nil
        }
    }
}
