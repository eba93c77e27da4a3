public import Riposte

/// Reads YAML (and JSON, which is YAML) into trees that remember where each part was written.
///
/// Scalars follow the core schema of YAML 1.2: `true`, `false`, `null`, `~` and numbers mean what they look like, everything else is
/// text, so `off`, `on`, `yes` and `no` are text. A key that is there twice is kept twice. Tags other than the core schema's are
/// refused, as is a number that JSON cannot hold.
///
/// Hostile input is refused with a finding instead of being followed: ``Limits`` bounds bytes, depth and the values that aliases
/// expand to. Time and memory are linear in the input within those limits.
public struct YAMLDocumentReader: Sendable {
    public struct Limits: Sendable, Hashable {
        public var bytes: Int
        /// How deep lists and maps may lie in each other.
        public var depth: Int
        /// How many values a file may hold, an alias counted as all that it stands for.
        public var values: Int

        public init(bytes: Int = 1 << 20, depth: Int = 64, values: Int = 200_000) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
        }
    }

    public var limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads every document of a stream. An empty file has none. `file` is what locations call it.
    ///
    /// Where the text is not YAML there is an error among the findings, and the documents before it are returned.
    public func read(_ text: String, file: String) -> (documents: [LocatedValue], findings: [Finding]) {
        read(Array(text.utf8), file: file)
    }

    /// The same for bytes, which must be UTF-8; a byte order mark at the start is passed over.
    public func read(_ bytes: [UInt8], file: String) -> (documents: [LocatedValue], findings: [Finding]) {
        let text: YAMLText
        switch YAMLText.make(bytes, file: file, limit: limits.bytes) {
        case .success(let made): text = made
        case .failure(let refused): return ([], [refused.finding])
        }
        let limits = limits
        return DeepStack.run { Self.read(text, file: file, limits: limits) }
    }

    private static func read(_ text: YAMLText, file: String, limits: Limits) -> (documents: [LocatedValue], findings: [Finding]) {
        let stream = YAMLComposer(text: text, file: file).compose()
        var converter = YAMLConverter(file: file, aliasMark: text.aliasMark, renamed: stream.renamed, limits: limits)
        let documents = withExtendedLifetime(stream) { stream.roots.map { converter.document($0) } }
        let findings = converter.findings + (stream.failure.map { [$0] } ?? [])
        return (documents.compactMap { $0 }, findings)
    }
}
