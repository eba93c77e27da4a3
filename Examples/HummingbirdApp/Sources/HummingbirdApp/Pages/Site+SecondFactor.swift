import Hummingbird
import Riposte

extension Site {
    func addSecondFactor(to router: Router<SiteContext>) {
        router.get("second-factor") { [self] request, context in
            guard let session = asked(context) else { return redirect(to: "/sign-in") }
            return factorPage(request, session, String(request.uri.queryParameters["link"] ?? ""), status: .ok)
        }
        router.post("second-factor") { [self] request, context in try await enterCode(request, context) }
    }

    /// The session that a code is asked of: one that waits for it, or one that still holds.
    private func asked(_ context: SiteContext) -> Session? {
        context.session.flatMap { ($0.isWaiting || context.security.account != nil) && mayGoOn($0) ? $0 : nil }
    }

    /// A second factor is for when somebody else knows the password. Where none is set up, whoever comes first would set up theirs, also a
    /// moment before one is required: so it always takes a mailed link, which only the owner gets.
    private func lacksLink(_ link: String, _ session: Session) -> Bool {
        users[session.user]?.secret == nil && mailbox.user(of: link, to: .secondFactor) != session.user
    }

    private func linkPage(_ request: Request, _ word: String? = nil, status: HTTPResponse.Status = .forbidden) -> Response {
        page("Second factor", request, status: status) { seal in
            """
            <p>This account has no second factor yet. A link in a mail to its address leads to where one is set up.</p>
            \(word.map { "<p>\($0)</p>" as HTML } ?? "")
            <form method="post" action="/second-factor">\(seal)<input type="hidden" name="mail" value="1"><button>Mail me a link</button></form>
            """
        }
    }

    private func factorPage(_ request: Request, _ session: Session, _ link: String, status: HTTPResponse.Status) -> Response {
        guard !lacksLink(link, session) else { return linkPage(request) }
        var setUp: HTML = ""
        if users[session.user]?.secret == nil {
            let secret = session.newSecret ?? OneTimeCode.newSecret()
            sessions.change(session.id) { $0.newSecret = secret }
            let code = OneTimeCode(secret: secret)
            setUp =
                "<p>Give this to your authenticator app: <code>\(code.secretText)</code> (<code>\(code.address(for: session.user))</code>)</p>"
        }
        return page("Second factor", request, status: status) { seal in
            """
            \(setUp)\(status == .ok ? "" : "<p>That code is wrong, or was used before.</p>" as HTML)
            <form method="post" action="/second-factor">\(seal)<input type="hidden" name="link" value="\(link)">
            <p><label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required></label></p>
            <button>Go on</button></form>
            """
        }
    }

    private func enterCode(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await forms.fields(request, context)
        guard let session = asked(context) else { return redirect(to: "/sign-in") }
        let link = form["link"] ?? ""
        if lacksLink(link, session) {
            guard form["mail"] != nil else { return linkPage(request) }
            let isMailed = mailbox.sendLink(.secondFactor, to: session.user, subject: "Set up a second factor", limit: 3)
            return isMailed
                ? linkPage(request, "There is a mail for you: open its link in this browser.", status: .ok)
                : linkPage(request, "No mail was sent: use the ones there are, or come again in half an hour.", status: .tooManyRequests)
        }
        // Asked for where it is not needed any more: no code was tried.
        guard form["mail"] == nil else { return redirect(to: "/second-factor") }
        guard let left = sessions.useTry(session.id) else { return redirect(to: "/sign-in") }
        let secret = users[session.user]?.secret ?? session.newSecret
        let now = SystemClock().now()
        guard let secret, users.accept(form["code"] ?? "", secret, of: session.user, at: now.seconds) else {
            return wrongCode(request, session, link, context, triesLeft: left)
        }
        mailbox.use(link, to: .secondFactor)
        return try await finish(session, context)
    }

    /// Five wrong ones end the session: whoever guesses has to give the password again.
    private func wrongCode(_ request: Request, _ session: Session, _ link: String, _ context: SiteContext, triesLeft: Int) -> Response {
        if triesLeft == 0 { sessions.end(session.id) }
        security.report(.secondFactorFailed(user: session.user, ip: context.security.address, session: session.id))
        return triesLeft == 0 ? redirect(to: "/sign-in") : factorPage(request, session, link, status: .unauthorized)
    }

    /// What was decided since the password was given counts too. A lock keeps nobody out who is in.
    private func mayGoOn(_ session: Session) -> Bool {
        let standing = security.standing(of: session.user)
        return standing.blockedUntil == nil && (standing.lockedUntil == nil || !session.isWaiting) && !standing.mustResetPassword
            && standing.sessionsNotBefore.map { session.began > $0 } ?? true
    }

    private func finish(_ session: Session, _ context: SiteContext) async throws -> Response {
        sessions.end(session.id)
        let word = sessions.begin(session.user, hasSecondFactor: true)
        // What was asked of all sessions ends with this one. Others that have not passed may be of whom it was asked for.
        sessions.endThoseWithoutFactor(of: session.user)
        if session.isWaiting {
            security.report(.loginSucceeded(user: session.user, ip: context.security.address, session: sessions.session(word)?.id))
        }
        try await responder.fulfilled(.secondFactor, by: session.user)
        var response = redirect(to: "/")
        response.setCookie(cookie(sessionCookie, word))
        return response
    }
}
