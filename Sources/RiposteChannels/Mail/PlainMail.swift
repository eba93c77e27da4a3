internal import Riposte

/// A mail of text alone.
struct PlainMail {
    let from: MailAddress
    let to: MailAddress
    let subject: String
    let body: String
    /// Made into the `Message-ID`: the same one, sent again, is the same mail.
    let id: String
    let date: Timestamp

    var bytes: [UInt8] { Array((headers.map(\.text).joined() + "\r\n" + QuotedPrintable.encoded(body) + "\r\n").utf8) }

    private var headers: [MailHeader] {
        MailHeader.all(
            date: date, from: from, to: [to], subject: subject, id: id, contentType: "text/plain; charset=utf-8",
            [MailHeader("Content-Transfer-Encoding", verbatim: "quoted-printable")])
    }
}
