internal import CLibcurl
internal import Riposte

/// One request on its way, and what has come back of its response. Lives on the transferring thread alone.
final class HTTPTransfer: Transfer {
    private let submission: HTTPSubmission
    let easy: EasyHandle
    private let gate: ConnectionGate
    private let maximumBody: Int
    private var fields = HTTPFields()
    private var fieldBytes = 0
    private var body: [UInt8] = []
    private var isCut = false
    private var isHeaderTooLarge = false

    /// All fields of a response together, in bytes.
    static let maximumFieldBytes = 32_768

    init(_ submission: HTTPSubmission) throws(HTTPError) {
        let configuration = submission.configuration
        self.submission = submission
        easy = try EasyHandle()
        // An address that is written out, and a proxy, are what somebody has chosen.
        let isNamed = submission.request.url.hostAddress == nil && configuration.proxy == nil
        gate = ConnectionGate(AddressPolicy(allowedNetworks: configuration.allowedNetworks, refusesPrivate: isNamed))
        maximumBody = configuration.maximumResponseBody
        try easy.apply(configuration)
        try easy.apply(submission.request, timeout: ContinuousClock.now.duration(to: submission.deadline))
        try listen()
    }

    var cancellation: CancellationFlag { submission.cancellation }

    func end(_ code: CURLcode) { submission.finish(result(code)) }

    func cancel() { submission.fail(.cancelled(submission.what, wasSent: easy.hasSent)) }

    private func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        let url = submission.request.url
        if isHeaderTooLarge {
            return .failure(
                HTTPError(.tooLarge, .unknown, "the header of the response from \(url) is longer than \(Self.maximumFieldBytes) bytes"))
        }
        if code == CURLE_OK || isCut { return .success(HTTPResponse(status: easy.status, fields: fields, body: body, isCut: isCut)) }
        if code == CURLE_COULDNT_CONNECT, let (address, reason) = gate.refusal { return .failure(.refused(address, reason, url.host)) }
        return .failure(.curl(code, url, wasSent: easy.hasSent, detail: easy.errorDetail))
    }
}

// MARK: - What libcurl calls

extension HTTPTransfer {
    /// libcurl calls back only while this transfer is in the set, and the set holds it.
    private func listen() throws(HTTPError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try easy.check(
            riposte_curl_on_body(
                easy.raw,
                { bytes, _, count, me in HTTPTransfer.at(me)?.receiveBody(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0 }, me))
        try easy.check(
            riposte_curl_on_header(
                easy.raw,
                { bytes, _, count, me in HTTPTransfer.at(me)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0 }, me))
        try gate.watch(easy)
    }

    private static func at(_ me: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        me.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
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
}
