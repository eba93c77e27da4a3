import Testing

@testable import Riposte

@Suite struct `a filter of names` {
    @Test func `holds every name that was added, of any length, and few others`() {
        var filter = NameFilter()
        let added = (0..<130).map { "\($0)" + String(repeating: "-", count: $0 % 40) } + [""]
        for name in added { filter.add(name) }
        #expect(added.allSatisfy(filter.mayHold))
        let others = (0..<10_000).count { filter.mayHold("user-\($0)@example.org") }
        #expect(others < 300, "\(others) of 10,000")
    }

    @Test func `takes no name for a stranger that equals one in other bytes`() {
        for (name, other) in [("Ren\u{e9}", "Rene\u{301}"), ("\u{212a}arl-of-eight", "Karl-of-eight"), ("K", "\u{212a}")] {
            var filter = NameFilter()
            filter.add(name)
            #expect(name == other && filter.mayHold(other))
        }
    }

    @Test func `tells names apart that differ in one byte, wherever it is`() {
        for length in 1...33 {
            for place in 0..<length {
                var filter = NameFilter()
                let name = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                filter.add(String(decoding: name, as: UTF8.self))
                var others = 0
                for letter in UInt8(ascii: "b")...UInt8(ascii: "z") {
                    var other = name
                    other[place] = letter
                    others += filter.mayHold(String(decoding: other, as: UTF8.self)) ? 1 : 0
                }
                #expect(others < 3, "\(length), \(place)")
            }
        }
    }
}
