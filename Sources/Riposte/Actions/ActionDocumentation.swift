/// An action's text as data, so that the command line, the console and the docs print the same.
public struct ActionDocumentation: Sendable, Hashable {
    /// One sentence.
    public var summary: String
    /// What else a reader should know, in plain paragraphs.
    public var discussion: String
    /// The context keys it reads.
    public var reads: [String]
    /// The context keys it writes.
    public var writes: [String]
    /// What undo does; `nil` = it cannot be undone.
    public var undo: String?
    /// A step as it stands in a playbook.
    public var example: String

    /// Creates the text of an action; what is left out is not printed.
    public init(
        summary: String, discussion: String = "", reads: [String] = [], writes: [String] = [], undo: String? = nil, example: String = ""
    ) {
        self.summary = summary
        self.discussion = discussion
        self.reads = reads
        self.writes = writes
        self.undo = undo
        self.example = example
    }
}
