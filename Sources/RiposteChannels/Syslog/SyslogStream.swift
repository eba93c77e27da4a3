internal import CLibcurl
internal import Riposte

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One message over a connection of its own: TCP, or TLS in it. Waits; for a thread of its own.
struct SyslogStream {
    private let configuration: SyslogConfiguration
    private var server: SyslogServer { configuration.server }

    init(_ configuration: SyslogConfiguration) { self.configuration = configuration }

    func send(_ message: [UInt8]) throws(DeliveryFailure) {
        let gate = ConnectionGate(server.policy(allowing: configuration.allowedNetworks))
        let easy: EasyHandle
        do throws(HTTPError) {
            easy = try EasyHandle()
            try prepare(easy, gate)
        } catch {
            throw DeliveryFailure(error)
        }
        let code = curl_easy_perform(easy.raw)
        guard code == CURLE_OK else { throw failure(code, easy, gate) }
        try write(Array("\(message.count) ".utf8) + message, easy)
        drain(easy)
        // The handle goes now, and says good-bye where that is TLS's custom.
        withExtendedLifetime((easy, gate)) {}
    }

    /// Connects and nothing more; what goes over the connection is ours.
    private func prepare(_ easy: EasyHandle, _ gate: ConnectionGate) throws(HTTPError) {
        try easy.applyCommon(connectTimeout: configuration.connectTimeout, authorities: configuration.certificateAuthorities)
        try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try easy.set(CURLOPT_URL, (server.transport == .tls ? "https://" : "http://") + "\(server)/")
        try easy.set(CURLOPT_CONNECT_ONLY, true)
        try easy.set(CURLOPT_FORBID_REUSE, false)  // else it is closed as soon as it is there
        try easy.set(CURLOPT_SSL_ENABLE_ALPN, false)
        try gate.watch(easy)
    }

    private func write(_ bytes: [UInt8], _ easy: EasyHandle) throws(DeliveryFailure) {
        var sent = 0
        let deadline = ContinuousClock.now + .seconds(10)
        while sent < bytes.count {
            var count = 0
            let code = bytes[sent...].withUnsafeBytes { curl_easy_send(easy.raw, $0.baseAddress, $0.count, &count) }
            sent += count
            guard code != CURLE_OK else { continue }
            guard code == CURLE_AGAIN, ContinuousClock.now < deadline else {
                throw DeliveryFailure(.unknown, "the connection to \(server) ended in the middle of the message")
            }
            _ = wait(easy, for: POLLOUT, milliseconds: 100)
        }
    }

    /// Takes what the server still says (TLS 1.3 has it send tickets): a connection that is closed with something unread in it is
    /// reset, and the message may be lost with it.
    private func drain(_ easy: EasyHandle) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<16 where wait(easy, for: POLLIN, milliseconds: 50) {
            var count = 0
            let code = curl_easy_recv(easy.raw, &buffer, buffer.count, &count)
            guard code == CURLE_AGAIN || (code == CURLE_OK && count > 0) else { return }
        }
    }

    private func wait(_ easy: EasyHandle, for events: Int32, milliseconds: Int32) -> Bool {
        var descriptor = curl_socket_t()
        guard riposte_curl_get_socket(easy.raw, &descriptor) == CURLE_OK, descriptor >= 0 else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    private func failure(_ code: CURLcode, _ easy: EasyHandle, _ gate: ConnectionGate) -> DeliveryFailure {
        switch code {
        case CURLE_COULDNT_CONNECT:
            guard let refused = gate.refusal else { return DeliveryFailure(.transient, "no connection to \(server)") }
            return DeliveryFailure(.refused(refused.address, refused.reason, server.host))
        case CURLE_COULDNT_RESOLVE_HOST: return DeliveryFailure(.transient, "the name in \(server) does not resolve")
        case CURLE_OPERATION_TIMEDOUT: return DeliveryFailure(.transient, "no connection to \(server) in time")
        case _ where HTTPError.isTLS(code):
            return DeliveryFailure(.transient, "no trusted connection to \(server): \(easy.errorDetail)")
        default: return DeliveryFailure(.transient, "the message to \(server) was not sent: \(HTTPError.name(code))")
        }
    }
}
