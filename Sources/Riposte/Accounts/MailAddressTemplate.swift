/// How the mail addresses of users are made from their names, `{{ user }}@example.org`.
package struct MailAddressTemplate: Sendable, Hashable {
    private let text: MailText
    /// Whether names are addresses themselves.
    private let isNameAlone: Bool

    package init(_ text: String) throws(MailText.Problem) {
        self.text = try MailText(text, known: ["user"])
        isNameAlone = text.split(separator: " ").joined() == "{{user}}"
        guard self.text.names == ["user"], address(of: isNameAlone ? "user@example.org" : "user") != nil else {
            throw MailText.Problem(
                message: "this makes no mail addresses of names",
                suggestion: "write \"{{ user }}@example.org\", or \"{{ user }}\" where names are addresses")
        }
    }

    /// `nil` for a name that makes none, or one that a mail server could take for more than a name.
    package func address(of user: String) -> MailAddress? {
        guard !user.hasPrefix("-"), user.utf8.allSatisfy({ Self.isPlain($0) || (isNameAlone && $0 == UInt8(ascii: "@")) }) else {
            return nil
        }
        return MailAddress(text.filled(["user": user]))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._-+".utf8.contains(byte)
    }
}
