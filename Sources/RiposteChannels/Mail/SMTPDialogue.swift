/// What was said over one SMTP connection, as far as it matters what came of it. No I/O: it is told each command and each
/// line of an answer.
struct SMTPDialogue: Sendable {
    enum Stage: Sendable, Hashable {
        case greeting, hello, encryption, authentication, sender
        case recipient(Int)
        case data
        /// The message itself is on its way.
        case message
    }

    private(set) var stage = Stage.greeting
    /// The answer to each recipient, in order.
    private(set) var recipients: [SMTPReply] = []
    /// The answer to the message itself.
    private(set) var message: SMTPReply?
    /// The answer that ended it, and what it was an answer to.
    private(set) var refusal: (stage: Stage, reply: SMTPReply)?
    /// What is answered to the good-bye is no answer to anything else.
    private(set) var isLeaving = false
    private var words: [String] = []
    private static let mostLines = 20

    mutating func sent(_ command: some StringProtocol) {
        switch command.prefix(while: \.isLetter).uppercased() {
        case "EHLO", "HELO": goOn(to: .hello)
        case "STARTTLS": goOn(to: .encryption)
        case "AUTH": goOn(to: .authentication)
        case "MAIL": goOn(to: .sender)
        case "RCPT": goOn(to: .recipient(recipients.count))
        case "DATA": goOn(to: .data)
        case "QUIT": isLeaving = true
        default: break  // what follows AUTH
        }
    }

    /// A refusal after which it went on was none that ended it.
    private mutating func goOn(to next: Stage) {
        stage = next
        refusal = nil
    }

    /// One line of an answer, `250-SIZE` or `250 ok`.
    mutating func received(_ line: some StringProtocol) {
        let line = line.prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        guard !isLeaving, let code = Int(line.prefix(3)), (200...599).contains(code) else { return }
        let rest = line.dropFirst(3)
        // A server may say as many lines as it likes; a few of them say what is wrong.
        if words.count < Self.mostLines { words.append(String(rest.dropFirst().prefix(300))) }
        guard rest.first != "-" else { return }
        answered(SMTPReply(code: code, words: words.joined(separator: " ")))
        words = []
    }

    private mutating func answered(_ reply: SMTPReply) {
        switch stage {
        case .recipient: recipients.append(reply)
        case .message: message = reply
        case .data where reply.code == 354: stage = .message
        default: break
        }
        if reply.code >= 400 { refusal = (stage, reply) }
    }
}
