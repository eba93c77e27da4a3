internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// With which name and password a mail server is spoken to.
struct MailCredentials: Sendable {
    let username: String
    let password: SecretValue

    /// Whether `words` hold the password, plain or as it goes over the line.
    func isSaid(in words: String) -> Bool {
        let spellings = [
            password.revealed, Self.base64(password.revealed), Self.base64("\0\(username)\0\(password.revealed)"),
        ]
        return spellings.contains { words.contains($0) }
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
