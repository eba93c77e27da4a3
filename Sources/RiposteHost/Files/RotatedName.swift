/// What a log file is called once it was rotated: `auth.log.1`, `auth.log-20261121`, `auth-20261121.log`, each perhaps
/// with the ending of a compressor.
struct RotatedName: Equatable {
    /// What orders the rotated files of one log.
    enum Order: Equatable {
        /// Counted from the newest: 1, 2, 3.
        case number(Int)
        /// A date or time that sorts as text, the newest last.
        case date(String)
    }

    var order: Order
    var isCompressed: Bool

    /// Reads `name` as a rotated file of the log `base`; `nil` where it is none.
    init?(_ name: String, of base: String) {
        let plain = Self.compressions.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        isCompressed = plain.count < name.count
        guard let mark = Self.mark(in: plain, of: base), let order = Self.order(of: mark) else { return nil }
        self.order = order
    }

    /// The endings of compressors, which we do not read through.
    static let compressions = [".gz", ".xz", ".zst", ".bz2", ".lz4", ".Z"]

    /// What stands behind the base name, or before its extension.
    private static func mark(in name: String, of base: String) -> Substring? {
        if name.hasPrefix(base) { return name.dropFirst(base.count) }
        guard let dot = base.lastIndex(of: "."), dot > base.startIndex else { return nil }
        let (stem, ending) = (base[..<dot], base[dot...])
        guard name.count > base.count, name.hasPrefix(stem), name.hasSuffix(ending) else { return nil }
        return name.dropFirst(stem.count).dropLast(ending.count)
    }

    private static func order(of mark: Substring) -> Order? {
        guard let separator = mark.first, ".-_".contains(separator) else { return nil }
        let text = mark.dropFirst()
        let isDateLike = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "-_.:T".utf8.contains($0) }
        guard let first = text.utf8.first, (0x30...0x39).contains(first), isDateLike else { return nil }
        if text.utf8.count < 6 { return Int(text).map(Order.number) }
        return .date(String(text))
    }
}
