internal import Riposte

/// Reads a descriptor to its end, once: a finished file, a pipe.
final class OnceThrough: ChunkProducer {
    private let descriptor: OwnedDescriptor
    private let label: String
    private let chunkSize: Int
    private let reporter: HealthReporter
    private let wakeUp: WakeUp
    private let position: (_ piece: LineChunker.Piece) -> SourcePosition
    private var chunker: LineChunker
    private var pending: [LineChunker.Piece] = []
    private var hasBegun: Bool
    private var hasHandedOn = false
    private var isAtEnd = false

    /// Creates the reader of `descriptor` from where it stands.
    ///
    /// - Parameters:
    ///   - begins: whether it stands at its beginning, so that packed data can be told.
    ///   - position: tells the position behind a piece; called once for each, in order.
    init(
        _ descriptor: OwnedDescriptor, label: String, chunkSize: Int, chunker: LineChunker, begins: Bool, reporter: HealthReporter,
        wakeUp: WakeUp, position: @escaping (LineChunker.Piece) -> SourcePosition
    ) {
        (self.descriptor, self.label, self.chunkSize, self.chunker) = (descriptor, label, max(chunkSize, 1), chunker)
        (self.reporter, self.wakeUp, self.position) = (reporter, wakeUp, position)
        hasBegun = !begins
        reporter.following()
    }

    func next() throws -> SourceChunk? {
        while true {
            if !pending.isEmpty { return chunk() }
            if isAtEnd {
                reporter.finished()
                return nil
            }
            guard try wakeUp.wait(for: descriptor.raw, timeout: nil) else { throw CancellationError() }
            try readOn()
        }
    }

    private func readOn() throws {
        let bytes = try descriptor.readNext(chunkSize, behind: chunker.held)
        if !hasBegun, let refusal = Compression.refusal(of: label, beginningWith: bytes) { throw refusal }
        hasBegun = true
        isAtEnd = bytes.count == chunker.held.count
        pending = isAtEnd ? [chunker.finish()].compactMap(\.self) : chunker.take(bytes)
    }

    private func chunk() -> SourceChunk {
        let piece = pending.removeFirst()
        defer { hasHandedOn = true }
        reporter.handedOn(piece.bytes.count, lag: 0)
        return SourceChunk(
            bytes: piece.bytes, position: position(piece), isCaughtUp: isAtEnd && pending.isEmpty, beginsFile: !hasHandedOn,
            part: piece.part)
    }
}
