import Riposte
import Testing

@testable import RiposteHost

@Suite struct `a line chunker` {
    func feed(_ chunker: inout LineChunker, _ text: String) -> [LineChunker.Piece] { chunker.take(chunker.held + Array(text.utf8)) }

    func piece(_ text: String, _ part: SourceChunk.Part = .wholeLines) -> LineChunker.Piece { .init(bytes: Array(text.utf8), part: part) }

    @Test func `gives whole lines and holds back the rest`() {
        var chunker = LineChunker(longestLine: 100)
        #expect(feed(&chunker, "a\nb\nc") == [piece("a\nb\n")])
        #expect(chunker.held == Array("c".utf8))
        #expect(feed(&chunker, "d") == [])
        #expect(feed(&chunker, "\n") == [piece("cd\n")])
        #expect(chunker.finish() == nil)
    }

    @Test func `gives the unfinished line at the end`() {
        var chunker = LineChunker(longestLine: 100)
        _ = feed(&chunker, "a\nb")
        #expect(chunker.finish() == piece("b"))
        #expect(chunker.finish() == nil)
    }

    @Test func `holds a line as long as allowed, and parts one that is longer by a byte`() {
        var chunker = LineChunker(longestLine: 4)
        #expect(feed(&chunker, "1234") == [])
        #expect(feed(&chunker, "5") == [piece("12345", .longLineStart)])
        #expect(chunker.isInsideLine)
        #expect(feed(&chunker, "67") == [piece("67", .longLineMiddle)])
        #expect(feed(&chunker, "8\nnext\nx") == [piece("8\n", .longLineEnd), piece("next\n")])
        #expect(!chunker.isInsideLine)
        #expect(chunker.held == Array("x".utf8))
    }

    @Test func `neither loses nor changes a byte, however it is cut`() {
        let text = "one\n\n\ntwo is longer than the limit\nthree\n" + String(repeating: "y", count: 50) + "\nlast"
        for size in 1...60 {
            var chunker = LineChunker(longestLine: 7)
            var bytes: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                for piece in chunker.take(chunker.held + rest.prefix(size)) { bytes += piece.bytes }
                rest = rest.dropFirst(size)
            }
            bytes += chunker.finish()?.bytes ?? []
            #expect(String(decoding: bytes, as: UTF8.self) == text)
        }
    }
}
