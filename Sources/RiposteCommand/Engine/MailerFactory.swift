import Riposte
import RiposteChannels
import RiposteConfiguration

/// Makes what writes to the users of accounts.
enum MailerFactory {
    /// One mail; with the look-up of its address it stays within a step's usual time.
    private static let timeout = Duration.seconds(15)

    /// `nil` where the settings have none. Throws where it cannot work as it is set; contacts nobody.
    static func mailer(_ settings: Settings, books: [any MailAddressBook]) throws -> (any Mailer)? {
        guard let mailer = settings.mailer else { return nil }
        do {
            var email = try EmailConfiguration(mailer.email, allowedNetworks: settings.allowedNetworks)
            email.timeout = timeout
            return try SMTPMailer(
                MailerConfiguration(
                    email: email, application: mailer.application, address: mailer.address, resetLink: mailer.resetLink,
                    unlockLink: mailer.unlock?.url, texts: mailer.texts),
                books: books)
        } catch {
            throw UnusableSetting(description: "mailer: \(error)")
        }
    }
}

/// Stands for the mailer of the settings where nobody may be written to.
struct SilentMailer: Mailer {
    func send(_ message: AccountMail, to user: String, key: String) -> MailOutcome {
        .cannot("a replay, a demo and a check write to nobody", .permanent)
    }
}
