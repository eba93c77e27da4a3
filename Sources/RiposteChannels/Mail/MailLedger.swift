/// What became of each recipient of mails that are not settled for all of them: who has a mail already does not get it
/// again when the others are tried again. In memory and bounded: at worst somebody gets a mail twice, with the same id.
struct MailLedger: Sendable {
    private var settled: [String: [String: SMTPReply]] = [:]
    private let capacity = 256

    /// Recipients whose answer is final, and that answer.
    subscript(mail: String) -> [String: SMTPReply] { settled[mail] ?? [:] }

    mutating func keep(_ replies: [String: SMTPReply], of mail: String) {
        if settled.count >= capacity, settled[mail] == nil { settled.removeAll() }
        settled[mail] = replies
    }

    mutating func forget(_ mail: String) { settled[mail] = nil }
}
