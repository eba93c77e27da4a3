/// Which format a log is in, judged by its first lines.
public struct FormatDetection: Sendable, Hashable {
    /// The format of more than half of the lines; `nil` where none is.
    public let format: LogFormat?
    /// How many lines were looked at; empty ones do not count.
    public let lines: Int
    /// How many of them each format understands.
    public let understood: [LogFormat: Int]

    /// How many lines are looked at.
    public static let lineLimit = 100

    /// Looks at the first 100 lines in `bytes`, the beginning of a log. A last line without its end counts only where it
    /// is the only one.
    public init(_ bytes: Span<UInt8>) {
        var parsers = LogFormat.allCases.map { ($0, $0.make(source: "detection")) }
        var splitter = LineSplitter()
        var (cursor, lines) = (0, 0)
        var understood: [LogFormat: Int] = [:]
        func look(_ line: Span<UInt8>) {
            guard !line.isEmpty, lines < Self.lineLimit else { return }
            lines += 1
            for index in parsers.indices where Self.understands(&parsers[index].1, line) { understood[parsers[index].0, default: 0] += 1 }
        }
        while lines < Self.lineLimit, case .line(let range) = splitter.next(in: bytes, from: &cursor) { look(bytes.extracting(range)) }
        if lines == 0, case .joined = splitter.finish() { look(splitter.joined.span) }
        self.lines = lines
        self.understood = understood
        let best = LogFormat.allCases.max { understood[$0, default: 0] < understood[$1, default: 0] }
        format = best.flatMap { understood[$0, default: 0] * 2 > lines ? $0 : nil }
    }

    /// Looks at the beginning of a log that is an array.
    public init(_ bytes: [UInt8]) { self.init(bytes.span) }

    private static func understands(_ parser: inout any LineParser, _ line: Span<UInt8>) -> Bool {
        var events: [Event] = []
        let verdict = parser.parse(line, now: .distantFuture, into: &events)
        return verdict == .event || verdict == .irrelevant || verdict == .badAddress
    }
}
