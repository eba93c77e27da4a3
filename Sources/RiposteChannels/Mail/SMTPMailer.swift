public import Riposte

/// Writes to the users of accounts through one SMTP server, in plain text.
///
/// - The address is what an address book says, else what is made of the user's name; where there is none, nothing is sent and
///   the answer says so.
/// - The server's answers decide: 4xx is tried again, 5xx is not, and both are told in its words. The password is read for each
///   mail and told to nobody.
/// - What an event said becomes neither a header nor a recipient nor a template.
/// - It does not remember what it has sent. The key is the `Message-ID`, so what is sent again is the same mail.
public final class SMTPMailer: Mailer {
    private let from: MailAddress
    private let server: MailServer
    private let relay: MailRelay
    private let letter: AccountLetter
    private let template: MailAddressTemplate?
    private let books: [any MailAddressBook]
    private let clock: any WallClock

    /// - Parameter books: asked beside each other; the first that knows an address decides.
    /// - Throws: ``UnusableEmail`` where the configuration cannot work.
    public init(
        _ configuration: MailerConfiguration, books: [any MailAddressBook] = [], clock: any WallClock = SystemClock()
    ) throws(UnusableEmail) {
        if let problem = configuration.email.serverProblem { throw UnusableEmail(description: problem) }
        letter = try AccountLetter(configuration)
        do throws(MailText.Problem) {
            template = try configuration.address.map { (text) throws(MailText.Problem) in try MailAddressTemplate(text) }
        } catch {
            throw UnusableEmail(description: "the address of users: \(error.message)")
        }
        relay = MailRelay(configuration.email)
        (from, server) = (configuration.email.from, configuration.email.server)
        (self.books, self.clock) = (books, clock)
    }

    public func send(_ message: AccountMail, to user: String, key: String) async throws -> MailOutcome {
        let address: MailAddress
        switch await self.address(of: user) {
        case .success(let found): address = found
        case .failure(let failure): return .cannot(failure.message, failure.kind)
        }
        do {
            let (subject, body) = try letter.mail(message, to: user)
            let mail = PlainMail(from: from, to: address, subject: subject, body: body, id: key, date: clock.now())
            let progress = try await relay.send(mail.bytes, to: [address])
            _ = try MailVerdict(progress, recipients: [address.address], server: server).result.get()
        } catch let failure as DeliveryFailure {
            return .cannot(message.hidingToken(in: failure.message), failure.kind)
        } catch let error as WebhookError {
            return .cannot(error.message, error.kind)
        }
        return .sent
    }

    // MARK: - Addresses

    private func address(of user: String) async -> Result<MailAddress, DirectoryFailure> {
        let answers = await ask(user)
        for case (let name, .success(let text?)) in answers {
            if let address = MailAddress(text) { return .success(address) }
            return .failure(DirectoryFailure(.permanent, "what \(name) has for \(user) is not a mail address"))
        }
        // One that is down may know it, and not what can be made of the name.
        for case (let name, .failure(let failure)) in answers {
            return .failure(DirectoryFailure(failure.kind, "the address is not known: \(name): \(failure.message)"))
        }
        if let address = template?.address(of: user) { return .success(address) }
        let asked = books.isEmpty ? "" : "no account directory has one (\(books.map(\.name.rawValue).joined(separator: ", ")))"
        let made = template == nil ? "" : "the name makes none"
        let why = [asked, made].filter { !$0.isEmpty }.joined(separator: ", and ")
        return .failure(DirectoryFailure(.permanent, "there is no mail address: " + (why.isEmpty ? "nothing tells any" : why)))
    }

    /// Side by side, in the order of the books.
    private func ask(_ user: String) async -> [(DirectoryName, Result<String?, DirectoryFailure>)] {
        await withTaskGroup(of: (Int, Result<String?, DirectoryFailure>).self) { group in
            for (index, book) in books.enumerated() {
                group.addTask {
                    do { return (index, .success(try await book.mailAddress(of: user))) } catch {
                        let failure = error as? DirectoryFailure ?? DirectoryFailure(.transient, "\(error)")
                        return (index, .failure(failure))
                    }
                }
            }
            var answers: [Int: Result<String?, DirectoryFailure>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return books.enumerated().compactMap { index, book in answers[index].map { (book.name, $0) } }
        }
    }
}

extension AccountMail {
    /// Filters against unwanted mail like to repeat the links that they object to.
    fileprivate func hidingToken(in words: String) -> String {
        guard case .wasThisYou(_, let token?, _) = self, !token.isEmpty else { return words }
        return words.replacing(token, with: "…")
    }
}
