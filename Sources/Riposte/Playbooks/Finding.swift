/// Something that is wrong, or worth saying, about a configuration or a playbook.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Level: String, Sendable, Hashable, Comparable {
        /// It works, and probably not as it is meant.
        case warning
        /// It is refused.
        case error
        public static func < (a: Level, b: Level) -> Bool { a == .warning && b == .error }
    }

    /// Whether it is refused because of this.
    public var level: Level
    /// Where it is written; `nil` for what was made in code.
    public var location: SourceLocation?
    /// What is wrong.
    public var message: String
    /// What to write instead: `did you mean “block_ip”?`
    public var suggestion: String?

    /// Creates a finding.
    public init(_ level: Level, at location: SourceLocation? = nil, _ message: String, suggestion: String? = nil) {
        self.level = level
        self.location = location
        self.message = message
        self.suggestion = suggestion
    }

    /// `riposte.yaml:7:13: error: unknown action “blok_ip”; did you mean “block_ip”?`
    public var description: String {
        let place = location.map { "\($0): " } ?? ""
        return "\(place)\(level.rawValue): \(message)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

/// Finds the nearest right name for a wrong one.
public enum Suggestion {
    /// `did you mean “block_ip”?`, where a candidate is near; otherwise the list of what there is, if it is short.
    public static func forName(_ name: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { ($0, distance(Array(name.lowercased().utf8), Array($0.lowercased().utf8))) }
        if let best = ranked.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }), best.1 <= max(1, name.utf8.count / 3) {
            return "did you mean “\(best.0)”?"
        }
        guard !candidates.isEmpty, candidates.count <= 32 else { return nil }
        return "there is: " + candidates.sorted().joined(separator: ", ")
    }

    /// Levenshtein distance, with a swap of neighbours as one step (optimal string alignment). O(n·m) on names of at most 64 bytes.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard a.count <= 64, b.count <= 64 else { return .max }
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
