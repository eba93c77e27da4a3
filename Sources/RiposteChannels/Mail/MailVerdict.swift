internal import Riposte

/// What an outcome means for the recipients together. No I/O.
struct MailVerdict: Sendable {
    /// Recipients whose answer is final.
    private(set) var settled: [String: SMTPReply]
    let result: Result<DeliveryReceipt, DeliveryFailure>

    /// - Parameters:
    ///   - recipients: those who were tried, in order.
    ///   - earlier: what became of the others before.
    init(_ outcome: MailProgress, recipients: [String], earlier: [String: SMTPReply], server: MailServer) {
        settled = earlier
        if let failure = outcome.failure {
            result = .failure(failure)
            return
        }
        let dialogue = outcome.dialogue
        var postponed: [(String, SMTPReply)] = []
        for (recipient, reply) in zip(recipients, dialogue.recipients) {
            if reply.isAccepted {
                // One who was taken has the message only if that was taken as well.
                if let message = dialogue.message, message.isAccepted { settled[recipient] = message }
            } else if reply.failureKind == .permanent {
                settled[recipient] = reply
            } else {
                postponed.append((recipient, reply))
            }
        }
        if let message = dialogue.message, !message.isAccepted {
            result = .failure(DeliveryFailure(message.failureKind, "\(server) answered \(message) to the message"))
        } else if !postponed.isEmpty {
            result = .failure(DeliveryFailure(.transient, Self.sentence(server, settled, postponed)))
        } else if settled.isEmpty {
            result = .failure(DeliveryFailure(.unknown, "\(server) did not answer to the end"))
        } else if settled.values.contains(where: \.isAccepted) {
            result = .success(DeliveryReceipt(Self.sentence(server, settled, [])))
        } else {
            result = .failure(DeliveryFailure(.permanent, Self.sentence(server, settled, [])))
        }
    }

    private static func sentence(_ server: MailServer, _ settled: [String: SMTPReply], _ postponed: [(String, SMTPReply)]) -> String {
        let sorted = settled.sorted { $0.key < $1.key }
        let accepted = sorted.filter(\.value.isAccepted).map(\.key)
        var parts: [String] = []
        if !accepted.isEmpty { parts.append("took it for " + accepted.joined(separator: ", ")) }
        parts += sorted.filter { !$0.value.isAccepted }.map { "refused \($0.key) (\($0.value))" }
        parts += postponed.map { "put off \($0.0) (\($0.1))" }
        return "\(server) " + parts.joined(separator: "; ")
    }
}
