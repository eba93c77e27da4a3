import Testing

@testable import Riposte

@Suite struct `a snapshot of decisions` {
    private func decision(_ range: AddressRange, _ type: EffectKind, until: Timestamp?) -> Decision {
        Decision(target: .address(range), type: type, until: until, owners: [], incidents: [], playbooks: [], since: noon)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `says the same as a list that is searched from end to end, whatever comes and goes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = DecisionTable()
        var naive: [DecisionKey: Decision] = [:]
        for _ in 0..<3000 {
            let range = AddressRange(Self.address(&random), prefixLength: [32, 24, 20, 64, 48, 128].randomElement(using: &random) ?? 32)
            let type: EffectKind = Bool.random(using: &random) ? .ban : .throttle
            let until = Int.random(in: 0..<5, using: &random) == 0 ? nil : noon + .minutes(Int.random(in: -10...10, using: &random))
            let next = Int.random(in: 0..<3, using: &random) == 0 ? nil : decision(range, type, until: until)
            let key = DecisionKey(target: .address(range), type: type)
            table.set(next, key: key)
            naive[key] = next
        }
        let snapshot = DecisionSnapshot(table)
        #expect(snapshot.count == naive.count)
        #expect(snapshot.all == naive.values.sorted { $0.key < $1.key })
        for _ in 0..<2000 {
            let address = Self.address(&random)
            let found = snapshot.decision(for: address, at: noon)
            #expect(found == Self.strictest(naive.values, address))
            #expect(snapshot.verdict(for: address, at: noon) == (found.map { $0.type == .ban ? .ban : .throttle } ?? .pass))
        }
    }

    @Test func `does not change when the next one is made of it`() throws {
        let range = try #require(AddressRange("203.0.113.9"))
        var table = DecisionTable()
        table.set(decision(range, .ban, until: nil), key: DecisionKey(target: .address(range), type: .ban))
        let before = DecisionSnapshot(table)
        table.set(nil, key: DecisionKey(target: .address(range), type: .ban))
        let snapshot = DecisionSnapshot(table)
        #expect(before.verdict(for: range.network, at: noon) == .ban && before.count == 1)
        #expect(snapshot.verdict(for: range.network, at: noon) == .pass && snapshot.count == 0 && snapshot.version > before.version)
    }

    @Test func `keeps every address of many, and loses none with its neighbour`() {
        var table = DecisionTable()
        func range(_ number: UInt32) -> AddressRange { AddressRange(IPAddress(v4: 0x0A00_0000 + number)) }
        for number in 0..<20_000 as Range<UInt32> {
            table.set(decision(range(number), .ban, until: nil), key: DecisionKey(target: .address(range(number)), type: .ban))
        }
        for number in stride(from: 0, to: 20_000, by: 2) as StrideTo<UInt32> {
            table.set(nil, key: DecisionKey(target: .address(range(number)), type: .ban))
        }
        let snapshot = DecisionSnapshot(table)
        let wrong = (0..<20_000 as Range<UInt32>).filter {
            (snapshot.verdict(for: range($0).network, at: noon) == .ban) == $0.isMultiple(of: 2)
        }
        #expect(wrong.isEmpty)
    }

    /// Few enough that they meet.
    private static func address(_ random: inout SeededGenerator) -> IPAddress {
        let low = UInt64.random(in: 0..<64, using: &random)
        let middle = UInt64.random(in: 0..<4, using: &random)
        return Bool.random(using: &random)
            ? IPAddress(v4: UInt32(0xCB00_7000 + middle << 12 + low)) : IPAddress(high: 0x2001_0DB8_0000_0000 + middle << 14, low: low)
    }

    private static func strictest(_ decisions: some Sequence<Decision>, _ address: IPAddress) -> Decision? {
        decisions.filter { decision in
            guard case .address(let range) = decision.target else { return false }
            return range.contains(address) && decision.isInForce(at: noon)
        }
        .max { rank($0) < rank($1) }
    }

    private static func rank(_ decision: Decision) -> Int {
        guard case .address(let range) = decision.target else { return 0 }
        return (decision.type == .ban ? 1000 : 0) + range.prefixLength
    }
}
