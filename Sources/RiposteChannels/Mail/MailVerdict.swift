internal import Riposte

/// What an outcome means for the recipients together. No I/O.
struct MailVerdict: Sendable {
    let result: Result<DeliveryReceipt, DeliveryFailure>

    /// - Parameters:
    ///   - recipients: those who were tried, in order.
    ///   - earlier: what became of the others before.
    init(_ outcome: MailProgress, recipients: [String], earlier: [SettledRecipient] = [], server: MailServer) {
        if let failure = outcome.failure {
            result = .failure(failure)
            return
        }
        let dialogue = outcome.dialogue
        var settled = earlier
        var postponed: [(String, SMTPReply)] = []
        for (recipient, reply) in zip(recipients, dialogue.recipients) {
            if reply.isAccepted {
                // One who was taken has the message only if that was taken as well.
                guard let message = dialogue.message, message.isAccepted else { continue }
                settled.append(SettledRecipient(recipient, isReached: true, words: "\(message)"))
            } else if reply.failureKind == .permanent {
                settled.append(SettledRecipient(recipient, isReached: false, words: "\(reply)"))
            } else {
                postponed.append((recipient, reply))
            }
        }
        settled.sort { $0.recipient < $1.recipient }
        result = Self.result(dialogue.message, settled, postponed, server)
    }

    private static func result(
        _ message: SMTPReply?, _ settled: [SettledRecipient], _ postponed: [(String, SMTPReply)], _ server: MailServer
    ) -> Result<DeliveryReceipt, DeliveryFailure> {
        if let message, !message.isAccepted {
            let words = "\(server) answered \(message) to the message"
            return .failure(DeliveryFailure(message.failureKind, words, settled: settled))
        }
        if settled.isEmpty, postponed.isEmpty { return .failure(DeliveryFailure(.unknown, "\(server) did not answer to the end")) }
        let sentence = sentence(server, settled, postponed)
        if !postponed.isEmpty { return .failure(DeliveryFailure(.transient, sentence, settled: settled)) }
        let isReached = settled.contains(where: \.isReached)
        return isReached ? .success(DeliveryReceipt(sentence)) : .failure(DeliveryFailure(.permanent, sentence, settled: settled))
    }

    private static func sentence(_ server: MailServer, _ settled: [SettledRecipient], _ postponed: [(String, SMTPReply)]) -> String {
        let accepted = settled.filter(\.isReached).map(\.recipient)
        var parts: [String] = []
        if !accepted.isEmpty { parts.append("took it for " + accepted.joined(separator: ", ")) }
        parts += settled.filter { !$0.isReached }.map { "refused \($0.recipient) (\($0.words))" }
        parts += postponed.map { "put off \($0.0) (\($0.1))" }
        return "\(server) " + parts.joined(separator: "; ")
    }
}
