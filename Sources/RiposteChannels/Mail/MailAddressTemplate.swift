internal import Riposte

/// How the mail addresses of users are made from their names, `{{ user }}@example.org`.
struct MailAddressTemplate: Sendable, Hashable {
    private let text: MailText
    /// Whether names are addresses themselves.
    private let isNameAlone: Bool

    init(_ text: String) throws(MailText.Problem) {
        self.text = try MailText(text, known: ["user"])
        guard self.text.names.contains("user"), self.text.isOneLine else {
            throw MailText.Problem(message: "it has no place for {{ user }}", suggestion: "write \"{{ user }}@example.org\"")
        }
        isNameAlone = text.split(separator: " ").joined().lowercased() == "{{user}}"
        guard address(of: isNameAlone ? "user@example.org" : "user") != nil else {
            throw MailText.Problem(message: "it makes no mail address", suggestion: "write \"{{ user }}@example.org\"")
        }
    }

    /// `nil` for a name that makes none, or one that a mail server could take for more than a name.
    func address(of user: String) -> MailAddress? {
        guard !user.hasPrefix("-"), user.utf8.allSatisfy({ Self.isPlain($0) || (isNameAlone && $0 == UInt8(ascii: "@")) }) else {
            return nil
        }
        return MailAddress(text.filled(["user": user]))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._-+".utf8.contains(byte)
    }
}
