import Riposte

/// Finds what a person means by an id or the beginning of one.
struct IDPrefix {
    /// What it is an id of.
    var noun: String
    /// The command that lists them.
    var list: String
    /// What every id begins with, and nobody types.
    var prefix: String

    func find(_ text: String, among ids: [String]) throws -> String {
        let matching = ids.filter { $0.hasPrefix(text) || $0.hasPrefix(prefix + text) }
        guard matching.count < 2 else { throw Failure("“\(text)” is the beginning of \(matching.count) \(noun)s; give more of it") }
        guard let id = matching.first else {
            let suggestion = Suggestion.forName(text, among: ids).map { "; \($0)" } ?? ""
            throw Failure("there is no \(noun) “\(text)”\(suggestion); \(list) shows what there is")
        }
        return id
    }
}
