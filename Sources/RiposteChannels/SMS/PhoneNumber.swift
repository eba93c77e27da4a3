/// A telephone number as the whole world dials it (E.164): `+41791234567`.
public struct PhoneNumber: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// Spaces, dots, dashes and brackets are left away; `nil` where the rest is no such number.
    public init?(_ text: String) {
        let plain = text.filter { !" .-()".contains($0) }
        let digits = plain.dropFirst()
        guard plain.hasPrefix("+"), (8...15).contains(digits.count), digits.first != "0",
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.text = plain
    }

    public var description: String { text }
}
