extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC.
    public var description: String {
        let date = CivilDate(daysSinceEpoch: Int(floorDivision(seconds, 86_400)))
        let second = Int(seconds - floorDivision(seconds, 86_400) * 86_400)
        var text = Digits()
        text.append(year: date.year)
        text.append(date.month, width: 2, "-")
        text.append(date.day, width: 2, "T")
        text.append(second / 3600, width: 2, ":")
        text.append(second / 60 % 60, width: 2, ":")
        text.append(second % 60, width: 2)
        text.append(fraction: fraction)
        text.bytes.append(UInt8(ascii: "Z"))
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// RFC 3339 in UTC to the second, rounded towards the past: what a person reads.
    public var toTheSecond: String { Timestamp(seconds: seconds).description }

    /// Reads an RFC 3339 time with any offset (`Z`, `+02:00`, `+0200`); `nil` where it is not one.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let parsed = Self.parse(bytes) else { return nil }
        self = parsed
    }

    private static func parse(_ bytes: [UInt8]) -> Timestamp? {
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A else { return nil }
        guard bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20 else { return nil }
        func number(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[from..<from + count] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2),
            (1...12).contains(month), (1...CivilDate.days(in: month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == 0x2E {
            index += 1
            var scale: Int64 = 100_000
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                fraction += Int64(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
        }
        guard index < bytes.count else { return nil }
        var offset = 0
        if bytes[index] == 0x5A || bytes[index] == 0x7A {
            guard index + 1 == bytes.count else { return nil }
        } else {
            guard bytes[index] == 0x2B || bytes[index] == 0x2D, let hours = number(index + 1, 2) else { return nil }
            let colon = index + 3 < bytes.count && bytes[index + 3] == 0x3A ? 1 : 0
            guard let minutes = number(index + 3 + colon, 2), index + 5 + colon == bytes.count, hours < 24, minutes < 60 else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[index] == 0x2B ? 1 : -1)
        }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let total = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        return Timestamp(microseconds: total * 1_000_000 + fraction)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not an RFC 3339 time")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(record)
    }

    /// As records say it. Times outside the years 0 to 9999, which the format cannot say, become the first or last instant of
    /// these.
    var record: String {
        let earliest = Timestamp(seconds: -62_167_219_200)
        let latest = Timestamp(microseconds: 253_402_300_799_999_999)
        return min(max(self, earliest), latest).description
    }
}

private func floorDivision(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((b - 1 - a) / b) }

/// Numbers with leading zeros. Records are full of times.
private struct Digits {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(32) }

    mutating func append(year: Int) {
        if (0...9999).contains(year) {
            append(year, width: 4, "-")
        } else {
            bytes += "\(year)-".utf8
        }
    }

    /// `value` is not negative and has at most so many digits.
    mutating func append(_ value: Int, width: Int, _ separator: Unicode.Scalar? = nil) {
        let end = bytes.count + width
        var rest = value
        bytes += repeatElement(UInt8(ascii: "0"), count: width)
        for place in stride(from: end - 1, through: end - width, by: -1) {
            bytes[place] += UInt8(rest % 10)
            rest /= 10
        }
        if let separator { bytes.append(UInt8(ascii: separator)) }
    }

    /// Of a second, without the zeros at its end.
    mutating func append(fraction microseconds: Int) {
        guard microseconds > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        append(microseconds, width: 6)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
}
