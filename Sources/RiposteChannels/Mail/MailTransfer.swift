internal import CLibcurl
internal import Riposte

/// One mail on its way, and what was said about it. Lives on the transferring thread alone.
final class MailTransfer: Transfer {
    private let submission: MailSubmission
    let easy: EasyHandle
    private let gate: ConnectionGate
    private var dialogue = SMTPDialogue()
    private var sent = 0
    private var isAnswered = false

    init(_ submission: MailSubmission) throws(HTTPError) {
        self.submission = submission
        easy = try EasyHandle()
        gate = ConnectionGate(submission.policy)
        try easy.applyCommon(connectTimeout: submission.connectTimeout, authorities: submission.authorities)
        try apply()
        try listen()
    }

    var cancellation: CancellationFlag { submission.cancellation }

    func end(_ code: CURLcode) { answer(code == CURLE_OK ? nil : failure(code)) }

    func cancel() { answer(DeliveryFailure(openKind, "\(submission.what) was cancelled")) }

    private func answer(_ failure: DeliveryFailure?) {
        guard !isAnswered else { return }
        isAnswered = true
        submission.continuation.resume(returning: MailProgress(dialogue: dialogue, failure: failure))
    }

    /// Once the message was under way, the server may have taken it without our hearing so.
    private var openKind: FailureKind { dialogue.stage == .message ? .unknown : .transient }
}

// MARK: - Settings

extension MailTransfer {
    private func apply() throws(HTTPError) {
        try easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try easy.set(CURLOPT_URL, submission.server.url)
        try easy.set(CURLOPT_USE_SSL, Int(submission.server.encryption == .startTLS ? CURLUSESSL_ALL.rawValue : CURLUSESSL_NONE.rawValue))
        let left = ContinuousClock.now.duration(to: submission.deadline)
        try easy.set(CURLOPT_TIMEOUT_MS, milliseconds: left)
        try easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(Int(left / .seconds(1)), 1))
        if let credentials = submission.credentials {
            try easy.set(CURLOPT_USERNAME, credentials.username)
            try easy.set(CURLOPT_PASSWORD, credentials.password.revealed)
        }
        try easy.set(CURLOPT_MAIL_FROM, submission.sender.address)
        try easy.set(CURLOPT_MAIL_RCPT, submission.recipients.map { "<\($0.address)>" })
        try easy.check(riposte_curl_allow_refused_recipients(easy.raw))
        try easy.set(CURLOPT_UPLOAD, true)
        try easy.check(riposte_curl_set_size(easy.raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(submission.message.count)))
    }
}

// MARK: - What libcurl calls

extension MailTransfer {
    /// libcurl calls back only while this transfer is in the set, and the set holds it.
    private func listen() throws(HTTPError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try easy.check(riposte_curl_on_body(easy.raw, { _, _, count, _ in count }, nil))
        try easy.check(
            riposte_curl_on_upload(
                easy.raw,
                { buffer, size, count, me in
                    MailTransfer.at(me)?.upload(UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) ?? 0
                }, me))
        try easy.check(
            riposte_curl_on_debug(
                easy.raw,
                { _, kind, bytes, count, me in
                    MailTransfer.at(me)?.hear(kind, UnsafeRawBufferPointer(start: bytes, count: count))
                    return 0
                }, me))
        try gate.watch(easy)
    }

    private static func at(_ me: UnsafeMutableRawPointer?) -> MailTransfer? {
        me.map { Unmanaged<MailTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func upload(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = submission.message[sent...].prefix(buffer.count)
        buffer.copyBytes(from: piece)
        sent += piece.count
        return piece.count
    }

    private func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case CURLINFO_HEADER_OUT:
            dialogue.sent(String(decoding: bytes.prefix(16), as: UTF8.self))
            // libcurl does nothing else until the good-bye is answered: other mails wait for it too.
            if dialogue.isLeaving { try? easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, 1) }
        case CURLINFO_HEADER_IN:
            dialogue.received(shown(String(decoding: bytes, as: UTF8.self)))
            // Who waits need not wait for the good-bye, which some servers take long for.
            if dialogue.message != nil { answer(nil) }
        default: break
        }
    }

    /// Of a line that repeats the password, at whatever point, only the code: it does not come into the record.
    private func shown(_ line: String) -> String {
        submission.credentials?.isSaid(in: line) == true ? String(line.prefix(4)) : line
    }
}

// MARK: - Failures

extension MailTransfer {
    private func failure(_ code: CURLcode) -> DeliveryFailure? {
        let server = submission.server
        // The answers about recipients are judged one by one.
        if dialogue.recipients.count == submission.recipients.count, !dialogue.recipients.contains(where: \.isAccepted) { return nil }
        if let (stage, reply) = dialogue.refusal, code != CURLE_OPERATION_TIMEDOUT {
            return DeliveryFailure(reply.failureKind, "\(server) answered \(reply) to \(stage.words)")
        }
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            let sent = dialogue.stage == .message ? "; it had been sent" : ", in the middle of \(dialogue.stage.words)"
            return DeliveryFailure(openKind, "\(submission.what) timed out" + sent)
        case CURLE_COULDNT_CONNECT:
            guard let refused = gate.refusal else { return DeliveryFailure(.transient, "no connection to \(server)") }
            return DeliveryFailure(.refused(refused.address, refused.reason, server.host))
        case CURLE_COULDNT_RESOLVE_HOST: return DeliveryFailure(.transient, "the name in \(server) does not resolve")
        case CURLE_USE_SSL_FAILED:
            return DeliveryFailure(.transient, "\(server) offers no STARTTLS, and without encryption nothing is sent")
        case CURLE_LOGIN_DENIED:
            return DeliveryFailure(.permanent, "\(server) takes no way to sign in that is known here")
        case _ where HTTPError.isTLS(code):
            return DeliveryFailure(.transient, "no trusted connection to \(server): \(easy.errorDetail)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY:
            return DeliveryFailure(openKind, "the connection to \(server) ended in the middle of \(dialogue.stage.words)")
        default: return DeliveryFailure(openKind, "\(submission.what) failed: \(HTTPError.name(code))")
        }
    }
}

extension SMTPDialogue.Stage {
    /// As it reads in a sentence.
    var words: String {
        switch self {
        case .greeting, .hello: "the greeting"
        case .encryption: "STARTTLS"
        case .authentication: "the user name and password"
        case .sender: "the sender"
        case .recipient: "the recipients"
        case .data, .message: "the message"
        }
    }
}
