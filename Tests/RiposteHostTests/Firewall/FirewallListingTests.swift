import Riposte
import Testing

@testable import RiposteHost

@Suite struct `what nft lists of the table` {
    private func listing(_ changes: (String, String)...) -> FirewallListing {
        FirewallListing(changes.reduce(listed) { $0.replacing($1.0, with: $1.1) }, now: noon)
    }

    @Test func `is read whole`() {
        let listing = listing()
        #expect(listing.comment == "riposte /var/lib/riposte/riposte.db")
        #expect(!listing.isDormant)
        #expect(listing.hook == FirewallTable.hook)
        #expect(listing.rules?.count == 3)
        #expect(
            listing.sets == [
                "v4_32": ["type ipv4_addr", "flags timeout"], "v4_24": ["type ipv4_addr", "flags timeout"],
                "v6_64": ["type ipv6_addr", "flags timeout"],
            ])
        #expect(Set(listing.bans.values) == Set(listedBans))
        #expect(listing.strange == [])
    }

    @Test func `is nothing where there is nothing`() {
        let empty = FirewallListing("table inet riposte {\n}\n", now: noon)
        #expect(empty.comment == nil)
        #expect(empty.rules == nil)
        #expect(empty.bans.isEmpty)
        #expect(FirewallListing("", now: noon) == empty)
    }

    @Test func `shows what is not ours`() {
        #expect(listing(("\tchain prerouting", "\tchain input {\n\t\taccept\n\t}\n\tchain prerouting")).strange == ["chain input {"])
        #expect(listing(("\tset v4_24", "\tset mine")).strange == ["element  192.0.2.0 timeout 1800s expires 1799s "])
        #expect(listing(("192.0.2.0 ", "192.0.2.1 ")).bans.count == 7)
        #expect(listing(("192.0.2.0 ", "192.0.2.1 ")).strange.count == 1)
        #expect(listing(("expires 1799s", "expires soon")).strange.count == 1)
        #expect(listing(("\tset v4_24", "\tcounter c {\n\t}\n\tset v4_24")).strange == ["counter c {"])
        #expect(listing(("\tcomment", "\tflags owner\n\tcomment")).strange == ["flags owner"])
    }

    @Test func `shows a table that sleeps`() {
        let listing = listing(("\tcomment", "\tflags dormant\n\tcomment"))
        #expect(listing.isDormant)
        #expect(listing.strange == [])
        #expect(listing.bans.count == 8)
    }

    @Test(arguments: [
        ("1d3h46m40s984ms", Duration.milliseconds(100_000_984)), ("99999s", .seconds(99999)), ("5ms", .milliseconds(5)), ("0s", .zero),
        ("3650d", .seconds(315_360_000)),
    ])
    func `has times`(text: String, length: Duration) { #expect(FirewallListing.duration(text[...]) == length) }

    @Test(arguments: ["", "s", "5", "-5s", "5x", "1h1", "9999999999999999999s", "1000000001d", "٣s", "5 s", "1.5s"])
    func `has no other times`(text: String) { #expect(FirewallListing.duration(text[...]) == nil) }

    /// The same garbling each time.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test func `may be garbled: it is read and put right all the same, never with something else than commands of ours`() {
        var dice = Dice(state: 7)
        let pieces = listed.split(separator: " ").map { Array($0.utf8) } + [[0x0A], [0x7D], [0xFF], [0x22], Array("elements = {".utf8)]
        let table = FirewallTable(name: "riposte", store: "/r.db")
        for _ in 0..<3000 {
            var bytes = Array(listed.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &dice) { Self.garble(&bytes, pieces, &dice) }
            let listing = FirewallListing(String(decoding: bytes, as: UTF8.self), now: noon)
            let script = FirewallComparison(listing, wanted: listedBans, now: noon).repair(of: listing, table, now: noon)
            for line in (script?.text ?? "").split(separator: "\n") {
                let words = line.split(separator: " ")
                #expect(["add", "delete"].contains(words[0]) && words[2] == "inet" && words[3] == "riposte", "\(line)")
            }
        }
    }

    private static func garble(_ bytes: inout [UInt8], _ pieces: [[UInt8]], _ dice: inout Dice) {
        let place = Int.random(in: 0..<max(bytes.count, 1), using: &dice)
        let end = min(place + Int.random(in: 0...40, using: &dice), bytes.count)
        switch Int.random(in: 0...3, using: &dice) {
        case 0: bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &dice) ?? [])
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: place)
        default: bytes.append(contentsOf: bytes[place..<end])
        }
        if bytes.isEmpty { bytes = [0x0A] }
    }
}
