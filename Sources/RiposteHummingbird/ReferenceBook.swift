internal import Logging
internal import Riposte
internal import Synchronization

/// What refusals refer to: a random word for each decision, which a person can read out to the operator, and which the log ties to
/// the decision once.
final class ReferenceBook: Sendable {
    private static let capacity = 4096
    private static let letters = Array("23456789abcdefghjkmnpqrstuvwxyz")
    private let references = Mutex<[EffectID: String]>([:])

    init() {}

    func reference(for decision: Decision?, _ logger: Logger) -> String {
        let id = decision?.owners.first ?? ""
        let (reference, isNew) = references.withLock { references in
            if let known = references[id] { return (known, false) }
            if references.count >= Self.capacity { references = [:] }
            let fresh = String((0..<10).compactMap { _ in Self.letters.randomElement() })
            references[id] = fresh
            return (fresh, true)
        }
        logger.log(
            level: isNew ? .notice : .debug, "request refused",
            metadata: [
                "reference": "\(reference)", "decision": "\(decision?.type.rawValue ?? "over")",
                "target": "\(PlainText.line(decision?.target.description ?? ""))",
                "incident": "\(decision?.incidents.first?.rawValue ?? "")",
            ])
        return reference
    }
}
