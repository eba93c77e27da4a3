import Riposte
import Testing

private func split(_ chunks: [[UInt8]], limit: Int = 65_536) -> (lines: [[UInt8]], tooLong: Int) {
    var splitter = LineSplitter(limit: limit)
    var lines: [[UInt8]] = []
    var tooLong = 0
    for chunk in chunks {
        tooLong += splitter.split(chunk.span) { line in
            lines.append((0..<line.count).map { line[$0] })
        }
    }
    return (lines, tooLong)
}

@Suite struct `a line splitter` {
    private let text = Array("one\n\ntwo\r\n\r\nthree\rfour\nfive".utf8)
    private let lines = ["one", "", "two", "", "three\rfour"].map { Array($0.utf8) }

    @Test func `finds the lines of a chunk`() {
        #expect(split([text]).lines == lines)
    }

    @Test func `finds the same lines however the bytes are cut`() {
        for first in 0...text.count {
            for second in first...text.count {
                let chunks = [text[..<first], text[first..<second], text[second...]].map { Array($0) }
                #expect(split(chunks).lines == lines)
            }
        }
        #expect(split(text.map { [$0] }).lines == lines)
    }

    @Test func `passes over what is too long, to the byte`() {
        for length in 0...12 {
            let line = [UInt8](repeating: 0x78, count: length)
            for end in [[0x0A], [0x0D, 0x0A]] as [[UInt8]] {
                let bytes = line + end + [0x79, 0x0A]
                for chunks in [[bytes], bytes.map { [$0] }] {
                    let result = split(chunks, limit: 8)
                    #expect(result.lines == (length <= 8 ? [line, [0x79]] : [[0x79]]) && result.tooLong == (length <= 8 ? 0 : 1))
                }
            }
        }
    }

    @Test func `takes a line of many megabytes without keeping it`() {
        var splitter = LineSplitter()
        let megabyte = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<64 { _ = splitter.split(megabyte.span) { _ in Issue.record("no line has ended") } }
        #expect(splitter.pendingBytes == 64 << 20)
        var lines = 0
        let rest = Array("\nnext\n".utf8)
        let tooLong = splitter.split(rest.span) { _ in lines += 1 }
        #expect(tooLong == 1)
        #expect(lines == 1 && splitter.pendingBytes == 0)
    }
}
