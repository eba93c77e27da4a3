import Riposte

/// A source that is being read by a task, and what it delivered so far.
final class Reading {
    private let task: Task<Void, any Error>
    private var iterator: AsyncStream<SourceChunk>.Iterator
    private(set) var lines: [String] = []
    private(set) var chunks: [SourceChunk] = []
    private(set) var position: SourcePosition?

    init(_ source: any EventSource, from position: SourcePosition? = nil) {
        let (stream, continuation) = AsyncStream.makeStream(of: SourceChunk.self)
        iterator = stream.makeAsyncIterator()
        self.position = position
        task = Task {
            defer { continuation.finish() }
            try await source.run(from: position) { chunk in continuation.yield(chunk) }
        }
    }

    deinit { task.cancel() }

    /// Waits until a chunk has come; `false` at the end of the source or when the test's time is over.
    @discardableResult
    func next() async -> Bool {
        guard let chunk = await iterator.next(isolation: nil) else { return false }
        lines += texts(in: chunk.bytes)
        position = chunk.position
        chunks.append(chunk)
        return true
    }

    /// Waits until at least `count` lines have come, and gives all there are.
    func lines(_ count: Int) async -> [String] {
        while lines.count < count, await next() {}
        return lines
    }

    /// Waits until a line like `last` has come.
    func lines(through last: String) async -> [String] {
        while !lines.contains(last), await next() {}
        return lines
    }

    /// Waits for the end of a source that ends by itself.
    func finish() async throws -> [String] {
        while await next() {}
        try await task.value
        return lines
    }

    /// Cancels the source, waits for its end, and takes what it had delivered until then.
    @discardableResult
    func stop() async -> (any Error)? {
        task.cancel()
        let result = await task.result
        while await next() {}
        if case .failure(let error) = result { return error }
        return nil
    }
}

func texts(in bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
}

/// What `read(from:upTo:)` delivers.
func reread(_ source: any EventSource, from mark: SourcePosition, upTo position: SourcePosition) async throws -> [String] {
    var lines: [String] = []
    try await source.read(from: mark, upTo: position) { lines += texts(in: $0.bytes) }
    return lines
}
