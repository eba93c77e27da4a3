/// Durations as people write them: `30s`, `5m`, `1h`, `2d`, `250ms`, and sums of these (`1h30m`).
public enum DurationText {
    /// The longest duration that is read: what is longer is a slip, or an end that never comes.
    public static let longest: Duration = .hours(24 * 3660)

    /// Reads a duration of at most 64 bytes and ten years; `nil` for anything else, a bare number included, because it has
    /// no unit.
    public static func parse(_ text: String) -> Duration? {
        var total: Duration = .zero
        var rest = text[...]
        guard !rest.isEmpty, text.utf8.count <= 64 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 9, let count = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            guard let scale = milliseconds[String(unit)] else { return nil }
            total += .milliseconds(count * scale)
            rest = rest.dropFirst(unit.count)
        }
        return total <= longest ? total : nil
    }

    /// Writes a duration in the largest units that say it exactly; a part of a millisecond is rounded up to one.
    public static func format(_ duration: Duration) -> String {
        let microseconds = max(duration.microseconds, 0)
        var left = microseconds / 1000 + (microseconds % 1000 > 0 ? 1 : 0)
        guard left > 0 else { return "0s" }
        var text = ""
        for (name, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] as [(String, Int64)]
        where left >= scale {
            text += "\(left / scale)\(name)"
            left %= scale
        }
        return text
    }

    private static let milliseconds: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
}
