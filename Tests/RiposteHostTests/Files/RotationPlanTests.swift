import Riposte
import Testing

@testable import RiposteHost

@Suite struct `a rotation plan` {
    func file(
        _ name: String, inode: UInt64, generation: UInt32? = nil, size: UInt64 = 1000, modified: Int64 = 0, head: Character = "a",
        unpacked: UInt64? = nil
    ) -> LogSibling {
        LogSibling(
            path: name, identity: .init(device: 1, inode: inode), generation: generation, size: size,
            modified: Timestamp(seconds: modified),
            head: Array(String(repeating: head, count: 256).utf8), name: RotatedName(name, of: "log"), unpackedSize: unpacked)
    }

    func position(inode: UInt64, offset: UInt64 = 500, modified: Int64 = 0, head: Character = "a") -> FilePosition {
        FilePosition(
            device: 1, inode: inode, offset: offset,
            fingerprint: FileFingerprint(String(repeating: head, count: Int(min(offset, 256))).utf8),
            modified: Timestamp(seconds: modified))
    }

    func order(_ plan: RotationPlan) -> [String] { plan.segments.map { "\($0.path)@\($0.offset)" } }

    @Test func `goes on in the same file`() {
        let plan = RotationPlan(after: position(inode: 1), current: file("log", inode: 1), siblings: [file("log.1", inode: 2, modified: 9)])
        #expect(order(plan) == ["log@500"])
        #expect(plan.segments.last?.isCurrent == true)
        #expect(!plan.isBroken)
    }

    @Test func `reads the files between in the order of their numbers, not of their times`() {
        let siblings = [file("log.1", inode: 3, modified: 5), file("log.10", inode: 1), file("log.9", inode: 2, modified: 7)]
        let plan = RotationPlan(after: position(inode: 1), current: file("log", inode: 4), siblings: siblings)
        #expect(order(plan) == ["log.10@500", "log.9@0", "log.1@0", "log@0"])
    }

    @Test func `reads the files between in the order of their dates`() {
        let siblings = [file("log-20261121", inode: 3), file("log-20261119", inode: 1), file("log-20261120", inode: 2)]
        let plan = RotationPlan(after: position(inode: 1), current: file("log", inode: 4), siblings: siblings)
        #expect(order(plan) == ["log-20261119@500", "log-20261120@0", "log-20261121@0", "log@0"])
    }

    @Test func `leaves out files that are older`() {
        let siblings = [file("log.1", inode: 1), file("log.2", inode: 2, modified: 9)]
        #expect(
            order(RotationPlan(after: position(inode: 1), current: file("log", inode: 3), siblings: siblings)) == ["log.1@500", "log@0"])
    }

    @Test func `takes a copy that begins the same for the file`() {
        let plan = RotationPlan(
            after: position(inode: 1), current: file("log", inode: 1, size: 10, head: "b"), siblings: [file("log.1", inode: 2)])
        #expect(order(plan) == ["log.1@500", "log@0"])
        #expect(!plan.isBroken)
    }

    @Test func `does not take a file for a copy by a few bytes`() {
        let plan = RotationPlan(after: position(inode: 1, offset: 31), current: file("log", inode: 5), siblings: [])
        #expect(order(plan) == ["log@0"])
        #expect(plan.isBroken)
    }

    @Test func `does not take a file for its own that has the inode and another beginning, or is shorter`() {
        let other = RotationPlan(after: position(inode: 1), current: file("log", inode: 1, head: "b"), siblings: [])
        #expect(order(other) == ["log@0"])
        let shorter = RotationPlan(after: position(inode: 1), current: file("log", inode: 1, size: 499), siblings: [])
        #expect(order(shorter) == ["log@0"])
        #expect(other.isBroken && shorter.isBroken)
    }

    @Test func `knows by the generation whether an empty file is still the same`() {
        var empty = position(inode: 1, offset: 0, modified: 5)
        empty.generation = 7
        let rotated = file("log.1", inode: 2, generation: 3, modified: 6)
        let other = RotationPlan(after: empty, current: file("log", inode: 1, generation: 8), siblings: [rotated])
        #expect(order(other) == ["log.1@0", "log@0"])
        let same = RotationPlan(after: empty, current: file("log", inode: 1, generation: 7), siblings: [rotated])
        #expect(order(same) == ["log@0"])
        let untold = RotationPlan(after: empty, current: file("log", inode: 1), siblings: [rotated])
        #expect(order(untold) == ["log@0"])
    }

    @Test func `reads what has changed since when the file is gone`() {
        let siblings = [file("log.2", inode: 2, modified: 4, head: "b"), file("log.1", inode: 3, modified: 6, head: "c")]
        let plan = RotationPlan(after: position(inode: 1, modified: 5), current: file("log", inode: 4, head: "d"), siblings: siblings)
        #expect(order(plan) == ["log.1@0", "log@0"])
        #expect(plan.isBroken)
        #expect(plan.missedBytes == 0)
    }

    @Test func `counts what compressed files held`() {
        let siblings = [
            file("log.3.gz", inode: 2, modified: 6, head: "z", unpacked: 700), file("log.2.gz", inode: 3, modified: 7, unpacked: 40),
            file("log.1", inode: 4, modified: 8, head: "c"),
        ]
        let plan = RotationPlan(after: position(inode: 1, modified: 5), current: file("log", inode: 5, head: "d"), siblings: siblings)
        #expect(order(plan) == ["log.1@0", "log@0"])
        #expect(plan.missedBytes == 240)
    }

    @Test func `misses nothing when the compressed file has not changed since`() {
        let packed = file("log.1.gz", inode: 2, modified: 5, head: "z", unpacked: 500)
        let plan = RotationPlan(after: position(inode: 1, modified: 5), current: file("log", inode: 5, head: "d"), siblings: [packed])
        #expect(!plan.isBroken)
    }

    @Test func `has what is left under other names while the log itself is missing`() {
        let plan = RotationPlan(after: position(inode: 1), current: nil, siblings: [file("log.1", inode: 1)])
        #expect(order(plan) == ["log.1@500"])
        #expect(plan.segments.last?.isCurrent == false)
    }

    @Test(arguments: [
        ("auth.log.1", RotatedName.Order.number(1), false), ("auth.log.12.gz", .number(12), true),
        ("auth.log-20261121", .date("20261121"), false), ("auth.log-20261121.xz", .date("20261121"), true),
        ("auth-20261121.log", .date("20261121"), false), ("auth.2.log", .number(2), false),
        ("auth.log.2026-11-21T07:00", .date("2026-11-21T07:00"), false),
    ])
    func `knows the names that rotation gives`(_ name: String, _ order: RotatedName.Order, _ isCompressed: Bool) {
        #expect(RotatedName(name, of: "auth.log")?.order == order)
        #expect(RotatedName(name, of: "auth.log")?.isCompressed == isCompressed)
    }

    @Test(arguments: [
        "auth.log", "auth.log.gz", "auth.log.old", "auth.log.swp", "other.log.1", "auth.log2", "auth.log.", "authority.log", "",
    ])
    func `knows other names from those`(_ name: String) {
        #expect(RotatedName(name, of: "auth.log") == nil)
    }
}
