internal import Riposte

/// What the answers for each recipient mean together. No I/O.
struct SMSVerdict: Sendable {
    private(set) var settled: [SettledRecipient]
    private var open: [(recipient: String, failure: DeliveryFailure)] = []

    /// - Parameter settled: those of earlier attempts.
    init(settled: [SettledRecipient]) { self.settled = settled }

    mutating func took(_ recipient: PhoneNumber, _ words: String) {
        settled.append(SettledRecipient(recipient.text, isReached: true, words: words))
    }

    mutating func failed(_ recipient: PhoneNumber, _ failure: DeliveryFailure) {
        if failure.kind == .permanent {
            settled.append(SettledRecipient(recipient.text, isReached: false, words: failure.message))
        } else {
            open.append((recipient.text, failure))
        }
    }

    /// Whoever can be told later is; where that is nobody, it counts whether anybody was.
    func result() throws(DeliveryFailure) -> DeliveryReceipt {
        let settled = settled.sorted { $0.recipient < $1.recipient }
        let open = open.sorted { $0.recipient < $1.recipient }
        var parts = settled.filter(\.isReached).map(\.recipient)
        parts = parts.isEmpty ? [] : ["sent to " + parts.joined(separator: ", ")]
        parts += settled.filter { !$0.isReached }.map { "not to \($0.recipient): \($0.words)" }
        parts += open.map { "not yet to \($0.recipient): \($0.failure.message)" }
        let sentence = parts.joined(separator: "; ")
        if let first = open.first {
            let isUnknown = open.contains { $0.failure.kind == .unknown }
            let wait = open.compactMap(\.failure.retryAfter).max()
            throw DeliveryFailure(isUnknown ? .unknown : first.failure.kind, sentence, retryAfter: wait, settled: settled)
        }
        guard settled.contains(where: \.isReached) else { throw DeliveryFailure(.permanent, sentence, settled: settled) }
        return DeliveryReceipt(sentence)
    }
}
