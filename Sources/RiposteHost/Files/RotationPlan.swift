internal import Riposte

/// What is to be read after a position when the log may have been rotated since: which files, in which order, from
/// where. A pure function of what lies in the folder.
struct RotationPlan: Equatable {
    struct Segment: Equatable {
        var path: String
        var identity: FileIdentity
        var offset: UInt64
        var isInsideLine = false
        /// Whether the log's own name leads to it.
        var isCurrent: Bool
    }

    /// In the order to read them; the log itself, where it exists, is the last.
    private(set) var segments: [Segment] = []
    /// Whether the file of the position is gone, so that lines may have been missed.
    private(set) var isBroken = false
    /// At least how many bytes were missed.
    private(set) var missedBytes: UInt64 = 0

    /// How many bytes of a beginning must agree to take a file with another inode for a copy.
    private static let leastCopiedHead = 32

    /// Creates the plan for what follows `position`.
    ///
    /// - Parameters:
    ///   - current: the file that the log's name leads to; `nil` while there is none.
    ///   - siblings: the other files beside it.
    ///   - passed: files that were read to their end already.
    ///   - knowsAll: whether `passed` holds every file that was read, so that another one which changed in the same tick
    ///     of the file system's clock (4 ms) as the position is new.
    init(
        after position: FilePosition, current: LogSibling?, siblings: [LogSibling], passed: Set<FileIdentity> = [], knowsAll: Bool = false
    ) {
        let others = siblings.filter { $0.identity != current?.identity && !passed.contains($0.identity) }
        let everything = others + (current.map { [$0] } ?? [])
        let match = Self.match(of: position, in: everything)
        let limit = knowsAll ? position.modified - .microseconds(1) : position.modified
        let newer = match.map { Self.newer(than: $0, in: others, current: current) } ?? Self.changed(after: limit, in: others)
        if let match { append(match, from: position, isCurrent: match.identity == current?.identity) }
        for file in newer where file.unpackedSize == nil { append(file, isCurrent: false) }
        if let current, current.identity != match?.identity { append(current, isCurrent: true) }
        countMissed(position, match: match, newer: newer, others: others)
    }

    private mutating func append(_ file: LogSibling, from position: FilePosition? = nil, isCurrent: Bool) {
        segments.append(
            Segment(
                path: file.path, identity: file.identity, offset: position?.offset ?? 0, isInsideLine: position?.isInsideLine ?? false,
                isCurrent: isCurrent))
    }

    /// The file of the position: the same inode, else a copy (`copytruncate`, a restored backup) that begins the same.
    private static func match(of position: FilePosition, in files: [LogSibling]) -> LogSibling? {
        if let same = files.first(where: { $0.isSameFile(as: position) && $0.continues(position) }) { return same }
        guard position.fingerprint.length >= leastCopiedHead else { return nil }
        return files.filter { $0.continues(position) }.max { $0.modified < $1.modified }
    }

    /// The rotated files that came after `match`, oldest first; none where it is the log itself.
    private static func newer(than match: LogSibling, in others: [LogSibling], current: LogSibling?) -> [LogSibling] {
        guard match.identity != current?.identity else { return [] }
        let order = RotationOrder(others)
        return order.sorted.filter { $0.identity != match.identity && order.isOlder(match, $0) }
    }

    /// The rotated files that have changed since the position was taken, so that something in them was never read.
    private static func changed(after time: Timestamp, in others: [LogSibling]) -> [LogSibling] {
        RotationOrder(others).sorted.filter { $0.modified > time }
    }

    private mutating func countMissed(_ position: FilePosition, match: LogSibling?, newer: [LogSibling], others: [LogSibling]) {
        // A compressed file keeps the time of its last line: one that had none after the position is no loss.
        let wasReadToItsEnd = others.contains { $0.unpackedSize != nil && $0.modified == position.modified }
        isBroken = match == nil && position.offset > 0 && !wasReadToItsEnd
        let unpacked = newer.compactMap(\.unpackedSize)
        let total = unpacked.reduce(0 as UInt64) { $0.addingReportingOverflow($1).partialValue }
        let read = match == nil ? position.offset : 0  // the oldest of them then is the file of the position
        missedBytes = total > read ? total - read : 0
        if missedBytes > 0 { isBroken = true }
    }
}

/// The order in which the rotated files of one log were written.
///
/// Numbers and dates in the names are believed before the times of the last change, which are coarse and which a
/// late line or a person can move; the times decide only where the names do not agree on a scheme.
private struct RotationOrder {
    private enum Scheme { case numbers, dates, times }

    private let scheme: Scheme
    private let files: [LogSibling]

    /// Only files whose names are those of rotated ones take part.
    init(_ siblings: [LogSibling]) {
        files = siblings.filter { $0.name != nil }
        let orders = files.compactMap(\.name?.order)
        if orders.allSatisfy({ if case .number = $0 { true } else { false } }) {
            scheme = .numbers
        } else if orders.allSatisfy({ if case .date = $0 { true } else { false } }) {
            scheme = .dates
        } else {
            scheme = .times
        }
    }

    var sorted: [LogSibling] { files.sorted(by: isOlder) }

    func isOlder(_ a: LogSibling, _ b: LogSibling) -> Bool {
        guard scheme != .times, let orderA = a.name?.order, let orderB = b.name?.order else { return isOlderByTime(a, b) }
        switch (orderA, orderB) {
        case (.number(let a), .number(let b)): return a > b
        case (.date(let a), .date(let b)): return a < b
        default: return isOlderByTime(a, b)
        }
    }

    private func isOlderByTime(_ a: LogSibling, _ b: LogSibling) -> Bool {
        a.modified != b.modified ? a.modified < b.modified : a.path < b.path
    }
}
