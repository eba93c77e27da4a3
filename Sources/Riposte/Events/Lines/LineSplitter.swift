/// Cuts a stream of bytes that arrives in chunks into lines, in bounded memory.
///
/// A line ends with `\n`; one `\r` before it belongs to the line end. A line that lies in one chunk is handed over where
/// it lies; one that spans chunks is put together in a buffer that never outgrows the limit. A longer line is passed
/// over until its end, in constant memory.
public struct LineSplitter: Sendable {
    /// The longest line handed over, in bytes without the line end.
    public let limit: Int
    /// The line that spanned chunks, after ``Piece/joined``.
    package private(set) var joined: [UInt8] = []
    private var heldBytes = 0
    private var isSkipping = false
    private var isHandedOver = false

    /// The default of ``limit``: 64 KiB.
    public static let defaultLimit = 65_536

    /// Creates a splitter at the start of a stream; a limit below 1 becomes 1.
    public init(limit: Int = defaultLimit) { self.limit = max(limit, 1) }

    /// How many bytes of an unfinished line have been taken so far, those that were passed over included.
    public var pendingBytes: Int { heldBytes }

    /// What the next call to ``next(in:from:)`` found.
    package enum Piece {
        /// A line that lies in the chunk.
        case line(Range<Int>)
        /// A line that began in an earlier chunk; it is in ``joined`` until the next call.
        case joined
        /// A line longer than the limit has ended.
        case tooLong
        /// The chunk is used up; what was left over is kept.
        case end
    }

    /// Takes the next line from `chunk`, moving `cursor` past its end.
    @inline(__always)
    package mutating func next(in chunk: Span<UInt8>, from cursor: inout Int) -> Piece {
        if isHandedOver { dropHandedOver() }
        let start = cursor
        guard let end = chunk.find(0x0A, from: start) else {
            cursor = chunk.count
            keep(chunk, start..<chunk.count)
            return .end
        }
        cursor = end + 1
        if heldBytes > 0 {
            keep(chunk, start..<end)
            return close()
        }
        let stop = end > start && chunk[end - 1] == 0x0D ? end - 1 : end
        return stop - start <= limit ? .line(start..<stop) : .tooLong
    }

    /// Ends the stream: whether an unfinished line is left, in ``joined``, or was too long.
    package mutating func finish() -> Piece {
        dropHandedOver()
        guard heldBytes > 0 else { return .end }
        return close()
    }

    private mutating func close() -> Piece {
        if joined.last == 0x0D { joined.removeLast() }
        let isTooLong = isSkipping || joined.count > limit
        isHandedOver = !isTooLong
        heldBytes = 0
        isSkipping = false
        if isTooLong { joined.removeAll(keepingCapacity: true) }
        return isTooLong ? .tooLong : .joined
    }

    private mutating func dropHandedOver() {
        guard isHandedOver else { return }
        joined.removeAll(keepingCapacity: true)
        isHandedOver = false
    }

    private mutating func keep(_ chunk: Span<UInt8>, _ range: Range<Int>) {
        heldBytes += range.count
        guard !isSkipping else { return }
        // One byte more than the limit is kept, because it may be the `\r` of the line end.
        guard joined.count + range.count <= limit + 1 else {
            isSkipping = true
            joined.removeAll(keepingCapacity: true)
            return
        }
        guard !range.isEmpty else { return }
        chunk.extracting(range).withUnsafeBufferPointer { joined.append(contentsOf: $0) }
    }
}

extension LineSplitter {
    /// Calls `body` with each line that ends in `chunk`, without its line end; the rest is kept for the next chunk.
    ///
    /// - Returns: how many lines were longer than the limit and were passed over.
    public mutating func split(_ chunk: Span<UInt8>, _ body: (Span<UInt8>) -> Void) -> Int {
        var cursor = 0
        var tooLong = 0
        while true {
            switch next(in: chunk, from: &cursor) {
            case .line(let range): body(chunk.extracting(range))
            case .joined: body(joined.span)
            case .tooLong: tooLong += 1
            case .end: return tooLong
            }
        }
    }
}
