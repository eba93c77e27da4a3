internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A line of a mail's header. Whatever its value holds, it stays one field and is shown as it is.
struct MailHeader {
    let text: String

    /// A value of our own making, or one that was checked: ASCII without control characters.
    init(_ name: String, verbatim value: String) { text = "\(name): \(value)\r\n" }

    /// A value from anywhere.
    init(_ name: String, _ value: String) {
        let value = PlainText.line(value)
        let isPlain = value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
        let fits = name.utf8.count + 2 + value.utf8.count <= 76
        self.init(name, verbatim: isPlain && fits ? value : Self.encodedWords(value).joined(separator: "\r\n "))
    }

    /// The id of a mail: the same one for the same `id`.
    init(_ name: String, id: String, at sender: MailAddress) {
        let isPlain = (1...60).contains(id.utf8.count) && id.utf8.allSatisfy(Self.isWordByte)
        self.init(name, verbatim: "<\(isPlain ? id : StableHash.id([id], length: 20))@\(sender.domain)>")
    }

    /// Addresses, one a line where they are several.
    init(_ name: String, _ addresses: [MailAddress]) {
        self.init(name, verbatim: addresses.map(Self.mailbox).joined(separator: ",\r\n "))
    }

    /// The whole header of a mail that a program sends.
    ///
    /// - Parameters:
    ///   - id: made into the `Message-ID`: the same one, sent again, is the same mail.
    ///   - more: what this sort of mail has beside.
    static func all(
        date: Timestamp, from: MailAddress, to: [MailAddress], subject: String, id: String, contentType: String, _ more: [MailHeader]
    ) -> [MailHeader] {
        [
            MailHeader("Date", verbatim: MailDate.text(date)), MailHeader("From", [from]), MailHeader("To", to),
            MailHeader("Subject", subject), MailHeader("Message-ID", id: id, at: from),
            MailHeader("Auto-Submitted", verbatim: "auto-generated"),
        ] + more + [MailHeader("MIME-Version", verbatim: "1.0"), MailHeader("Content-Type", verbatim: contentType)]
    }

    private static func mailbox(_ mailbox: MailAddress) -> String {
        guard !mailbox.name.isEmpty else { return mailbox.address }
        let name = PlainText.line(mailbox.name)
        let isPlain = name.utf8.count <= 60 && name.utf8.allSatisfy { isWordByte($0) || $0 == 0x20 }
        return (isPlain ? name : encodedWords(name).joined(separator: "\r\n ")) + " <\(mailbox.address)>"
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-_".utf8.contains(byte)
    }

    /// RFC 2047: words short enough to stand behind a header's name in a line of 76, none with half a character in it.
    private static func encodedWords(_ text: String) -> [String] {
        var pieces: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if pieces[pieces.count - 1].count + bytes.count > 33 { pieces.append([]) }
            pieces[pieces.count - 1] += bytes
        }
        return pieces.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
    }
}
