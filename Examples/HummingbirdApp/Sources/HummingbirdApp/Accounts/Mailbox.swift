import Logging
import Riposte
import Synchronization

/// Sends mail with links that work once. It has no mail server: it writes the mail to the log, and keeps the last hundred.
final class Mailbox: Mailer {
    struct Letter: Sendable {
        var to: String
        var subject: String
        /// The path of the link, with its secret.
        var link: String?
        var key: String?
    }

    /// What a mailed link opens; its path.
    enum Page: String, Sendable {
        case password
        case secondFactor = "second-factor"
    }

    private struct Link {
        var page: Page
        var user: String
        var isStrangers: Bool
        var until: Timestamp
    }

    private struct State {
        var letters: [Letter] = []
        var links: [String: Link] = [:]
    }

    private static let lifetime = Duration.minutes(30)
    private let state = Mutex(State())
    private let clock = SystemClock()
    private let logger: Logger
    private let capacity: Int

    /// - Parameter capacity: how many links of addresses that have no account may be open. What strangers ask for must not fill the
    ///   memory, nor keep those who have an account from their mail.
    init(logger: Logger, capacity: Int = 10_000) {
        self.logger = logger
        self.capacity = capacity
    }

    var letters: [Letter] { state.withLock { $0.letters } }

    /// Mails a link to a page; not where the user has `limit` of them, or strangers have too many.
    ///
    /// - Parameter isStrangers: whether there is no account of this address.
    @discardableResult
    func sendLink(
        _ page: Page, to user: String, isStrangers: Bool = false, subject: String, key: String? = nil, limit: Int = .max
    ) -> Bool {
        let secret = Random.word()
        let now = clock.now()
        let isTaken = state.withLock { state in
            state.links = state.links.filter { $0.value.until > now }
            // Both are counted for everybody: the time tells a stranger nothing.
            let strangers = state.links.values.count(where: \.isStrangers)
            let open = state.links.values.count { $0.page == page && $0.user == user }
            guard open < limit, !isStrangers || strangers < capacity else { return false }
            state.links[Digest.of(secret)] = Link(page: page, user: user, isStrangers: isStrangers, until: now + Self.lifetime)
            return true
        }
        guard isTaken else {
            logger.notice("no mail: there is no such account, or too many links are open", metadata: ["to": "\(user)"])
            return false
        }
        deliver(Letter(to: user, subject: subject, link: "/\(page.rawValue)?link=\(secret)", key: key))
        return true
    }

    /// Whose link it is; `nil` = nobody's, another page's, or its time is over.
    func user(of link: String, to page: Page) -> String? {
        let now = clock.now()
        return state.withLock { $0.links[Digest.of(link)] }.flatMap { $0.until > now && $0.page == page ? $0.user : nil }
    }

    /// The same, and neither it nor another of the user's links to that page works any more.
    @discardableResult
    func use(_ link: String, to page: Page) -> String? {
        guard let user = user(of: link, to: page) else { return nil }
        return state.withLock { state in
            guard state.links[Digest.of(link)] != nil else { return nil }
            state.links = state.links.filter { $0.value.user != user || $0.value.page != page }
            return user
        }
    }

    // MARK: - What Riposte has mailed

    func send(_ message: AccountMail, to user: String, key: String) -> MailOutcome {
        guard !letters.contains(where: { $0.key == key && $0.to == user }) else { return .alreadySent }
        switch message {
        case .passwordReset:
            sendLink(.password, to: user, subject: "Your password no longer works: set a new one", key: key)
        case .wasThisYou(let incident, let token, _):
            deliver(Letter(to: user, subject: "Was this you? \(incident.summary)", link: token.map { "/unlock?token=\($0)" }, key: key))
        }
        return .sent
    }

    private func deliver(_ letter: Letter) {
        state.withLock { state in
            state.letters.append(letter)
            if state.letters.count > 100 { state.letters.removeFirst() }
        }
        logger.notice("mail", metadata: ["to": "\(letter.to)", "subject": "\(letter.subject)", "link": "\(letter.link ?? "")"])
    }
}
