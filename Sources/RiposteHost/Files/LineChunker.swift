internal import Riposte

/// Cuts what was read into pieces that end with a line end, and holds back the beginning of the last line.
struct LineChunker {
    /// Bytes to hand on, and what they are.
    struct Piece: Equatable {
        var bytes: [UInt8]
        var part: SourceChunk.Part
    }

    /// How many bytes of an unfinished line are held back before it is handed on in parts.
    let longestLine: Int
    /// The beginning of a line whose end was not read yet. The next bytes go behind it.
    private(set) var held: [UInt8] = []
    /// Whether the last piece ended inside a line.
    private(set) var isInsideLine: Bool

    init(longestLine: Int, isInsideLine: Bool = false) {
        self.longestLine = max(longestLine, 1)
        self.isInsideLine = isInsideLine
    }

    /// Takes what was read: the bytes in ``held`` with the new ones behind them.
    mutating func take(_ bytes: consuming [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var rest = bytes
        held = []
        if isInsideLine {
            guard let end = rest.firstIndex(of: newline) else { return rest.isEmpty ? [] : [Piece(bytes: rest, part: .longLineMiddle)] }
            pieces.append(Piece(bytes: Array(rest[...end]), part: .longLineEnd))
            rest.removeFirst(end + 1)
            isInsideLine = false
        }
        let wholeEnd = endOfLastLine(in: rest.span)
        held = Array(rest[wholeEnd...])
        rest.removeLast(rest.count - wholeEnd)
        if !rest.isEmpty { pieces.append(Piece(bytes: rest, part: .wholeLines)) }
        if held.count > longestLine { pieces.append(startOfLongLine()) }
        return pieces
    }

    /// Hands on what is held back: no more will come, so it is a line.
    mutating func finish() -> Piece? {
        guard !held.isEmpty else { return nil }
        defer { held = [] }
        return Piece(bytes: held, part: .wholeLines)
    }

    private mutating func startOfLongLine() -> Piece {
        isInsideLine = true
        defer { held = [] }
        return Piece(bytes: held, part: .longLineStart)
    }
}

private let newline: UInt8 = 0x0A

/// The index behind the last line end; 0 where there is none.
func endOfLastLine(in bytes: Span<UInt8>) -> Int {
    var index = bytes.count
    while index > 0, bytes[index - 1] != newline { index -= 1 }
    return index
}
