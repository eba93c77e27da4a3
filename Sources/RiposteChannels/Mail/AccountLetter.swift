internal import Riposte

/// Words and links of the mails to users, filled in. No I/O.
struct AccountLetter: Sendable {
    private struct Text: Sendable {
        let subject: MailText
        let body: MailText

        init(_ text: AccountMailTexts.Text, _ names: [String]) throws(MailText.Problem) {
            subject = try MailText(text.subject, known: AccountMailTexts.subjectNames)
            body = try MailText(text.body, known: names)
        }
    }

    private let application: String
    private let resetLink: URLTemplate?
    private let unlockLink: URLTemplate?
    private let reset: Text
    private let question: Text

    init(_ configuration: MailerConfiguration) throws(UnusableEmail) {
        application = configuration.application
        resetLink = try Self.link(configuration.resetLink, "the link to a new password")
        unlockLink = try Self.link(configuration.unlockLink, "the unlock link")
        do throws(MailText.Problem) {
            reset = try Text(configuration.texts.passwordReset, AccountMailTexts.resetNames)
            question = try Text(configuration.texts.wasThisYou, AccountMailTexts.questionNames)
        } catch {
            throw UnusableEmail(description: "in the text of a mail \(error.message)")
        }
    }

    private static func link(_ text: String?, _ what: String) throws(UnusableEmail) -> URLTemplate? {
        guard let text else { return nil }
        do throws(WebhookError) { return try URLTemplate(text) } catch { throw UnusableEmail(description: "\(what): \(error.message)") }
    }

    /// The mail to `user`; throws where the user's name makes no link.
    func mail(_ message: AccountMail, to user: String) throws(WebhookError) -> (subject: String, body: String) {
        let incident = message.incident
        var values = [
            "application": application, "user": String(user.prefix(100)), "time": Self.text(incident.at), "incident": incident.id.rawValue,
        ]
        values["address"] = incident.address
        switch message {
        case .passwordReset:
            values["link"] = try resetLink?.url(in: ["user": .string(user)]).text
            return (reset.subject.filled(values), reset.body.filled(values))
        case .wasThisYou(_, let token, let expires):
            if let token, let link = try unlockLink?.url(in: ["token": .string(token)]).text {
                values["link"] = link
                values["expires"] = Self.text(expires)
            }
            return (question.subject.filled(values), question.body.filled(values))
        }
    }

    /// `2026-11-29 14:00:00 UTC`
    private static func text(_ time: Timestamp) -> String {
        time.toTheSecond.replacing("T", with: " ").replacing("Z", with: " UTC")
    }
}
