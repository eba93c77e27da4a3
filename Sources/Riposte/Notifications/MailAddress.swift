/// An address that mail goes to or comes from, with the name of who has it where there is one.
///
/// Read strictly, so that it means the same to everybody: letters, digits and the signs of RFC 5321 without quotes. A domain
/// in other letters is written as `xn--…`.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// `ann@example.org`
    public let address: String
    /// Empty where there is none.
    public let name: String

    /// Reads `ann@example.org` or `Ann Example <ann@example.org>`; `nil` where it is neither.
    public init?(_ text: String) {
        var (name, address) = ("", text)
        if text.hasSuffix(">"), let open = text.lastIndex(of: "<") {
            name = text[..<open].split(separator: " ").joined(separator: " ")
            address = String(text[text.index(after: open)...].dropLast())
        }
        if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { name = String(name.dropFirst().dropLast()) }
        guard Self.isAddress(address), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        self.address = address
        self.name = name
    }

    /// What stands behind the `@`.
    public var domain: String { address.split(separator: "@").last.map(String.init) ?? "" }

    public var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else { return false }
        return parts.allSatisfy { part in
            part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        } && parts[0].utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-./=?^_`{|}~".utf8.contains($0) }
            && parts[1].utf8.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) } && !parts[1].hasPrefix("-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
