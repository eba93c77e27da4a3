/// How far what really holds is from what should.
public struct EnforcementDrift: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Decisions that should hold and do not.
    public var missing: Int
    /// What holds and should not.
    public var surplus: Int
    /// Decisions that hold until another time than they should.
    public var wrongEnd: Int
    /// What was wrong around them, a sentence each: `the chain was missing`.
    public var structure: [String]

    /// Creates a finding; with nothing said nothing is off.
    public init(missing: Int = 0, surplus: Int = 0, wrongEnd: Int = 0, structure: [String] = []) {
        self.missing = missing
        self.surplus = surplus
        self.wrongEnd = wrongEnd
        self.structure = structure
    }

    /// Whether what holds is exactly what should.
    public var isEmpty: Bool { missing == 0 && surplus == 0 && wrongEnd == 0 && structure.isEmpty }

    /// `2 missing, 1 too many, 1 with another end; the chain was missing`; `nothing` where nothing was.
    public var description: String {
        let counts = [(missing, "missing"), (surplus, "too many"), (wrongEnd, "with another end")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let parts = (counts.isEmpty ? [] : [counts]) + structure
        return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
    }
}
