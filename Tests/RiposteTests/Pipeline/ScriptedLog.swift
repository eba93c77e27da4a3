import RiposteTesting

@testable import Riposte

/// A log of sshd whose lines come when the clock says so; a position is the number of lines before it.
struct ScriptedLog: EventSource {
    let name: SourceName = "log"
    let canReadAgain = true
    let lines: [Line]
    /// How many lines a chunk has.
    var chunk = 1
    /// Called before a chunk is handed on, with the time of its last line.
    let arrives: @Sendable (Timestamp) async throws -> Void

    struct Line: Sendable {
        var time: Timestamp
        var message: String

        /// With a process of its own: each is an attempt of its own.
        func text(_ number: Int) -> String { "\(time) web01 sshd[\(1000 + number)]: \(message)\n" }
    }

    func run(from position: SourcePosition?, deliver: (consuming SourceChunk) async throws -> Void) async throws {
        var index = Self.index(position)
        try await deliver(piece(index..<index))
        while index < lines.count {
            let end = min(index + chunk, lines.count)
            try await arrives(lines[end - 1].time)
            try await deliver(piece(index..<end))
            index = end
        }
    }

    func read(from mark: SourcePosition, upTo position: SourcePosition, deliver: (consuming SourceChunk) async throws -> Void) async throws
    {
        for index in Self.index(mark)..<Self.index(position) { try await deliver(piece(index..<index + 1)) }
    }

    private func piece(_ range: Range<Int>) -> SourceChunk {
        let text = range.map { lines[$0].text($0) }.joined()
        return SourceChunk(bytes: Array(text.utf8), position: .stream(bytesRead: UInt64(range.upperBound)))
    }

    private static func index(_ position: SourcePosition?) -> Int {
        if case .stream(let count) = position { Int(count) } else { 0 }
    }
}

extension ScriptedLog.Line {
    static func failed(_ user: String, from address: String, at time: Timestamp, isUnknown: Bool = false) -> Self {
        Self(time: time, message: "Failed password for \(isUnknown ? "invalid user " : "")\(user) from \(address) port 50000 ssh2")
    }

    static func accepted(_ user: String, from address: String, at time: Timestamp, by method: String = "password") -> Self {
        Self(time: time, message: "Accepted \(method) for \(user) from \(address) port 50000 ssh2")
    }
}
