import Hummingbird
import Riposte

extension Site {
    func addSignIn(to router: Router<SiteContext>) {
        router.get("sign-in") { [self] request, _ in signInPage(request, status: .ok) }
        router.post("sign-in") { [self] request, context in try await signIn(request, context) }
        router.post("sign-out") { [self] request, context in
            _ = try await forms.fields(request, context)
            if let session = context.session {
                sessions.end(session.id)
                security.report(.loggedOut(user: session.user, ip: context.security.address, session: session.id))
            }
            var response = redirect(to: "/")
            response.setCookie(cookie(sessionCookie, "", ends: true))
            return response
        }
    }

    private func signInPage(_ request: Request, status: HTTPResponse.Status) -> Response {
        page("Sign in", request, status: status) { seal in
            // The same words whatever was wrong, so that nobody learns who has an account, or whose is locked.
            """
            \(status == .ok ? "" : "<p>That did not work: the address or the password is wrong, or the account cannot be used now.</p>" as HTML)
            <form method="post" action="/sign-in">\(seal)
            <p><label>E-mail <input name="email" type="email" required></label></p>
            <p><label>Password <input name="password" type="password" required></label></p>
            <button>Sign in</button></form><p><a href="/forgot">Forgotten?</a></p>
            """
        }
    }

    private func signIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await forms.fields(request, context)
        let email = (form["email"] ?? "").lowercased()
        let user = users[email]
        // Reported as the account is called, or as it was typed where there is none.
        let name = user?.id ?? email
        // As long a computation where there is no such account.
        let isRight = await (user?.password ?? nobodysPassword).matches(form["password"] ?? "") && user != nil
        // What was under way when its address was banned is not answered any more, and is no sign that the ban does not work.
        guard !isBanned(context.security.address) else { throw HTTPError(.forbidden) }
        let standing = security.standing(of: name)
        // A lock's own failures do not count towards the account.
        let refusal: Event.Reason? = user == nil ? .unknownUser : standing.signInRefusal ?? (isRight ? nil : .badCredentials)
        guard let user, refusal == nil else {
            security.report(.loginFailed(user: name, ip: context.security.address, reason: refusal ?? .unknownUser))
            return signInPage(request, status: .unauthorized)
        }
        return goOn(user, asksForFactor: user.secret != nil || standing.mustUseSecondFactor, context)
    }

    private func isBanned(_ address: IPAddress?) -> Bool {
        address.map { security.decisions.snapshot.verdict(for: $0, at: SystemClock().now()) == .ban } ?? false
    }

    /// Begins a session of an account as it was when the password was compared with it.
    ///
    /// - Returns: the session's cookie; `nil` where the account was changed since. That has ended the sessions there were, so it
    ///   is looked at when this one is there.
    func begin(_ user: User, isWaiting: Bool) -> String? {
        let word = sessions.begin(user.id, isWaiting: isWaiting)
        if let now = users[user.id], now.password == user.password, now.secret == user.secret { return word }
        if let session = sessions.session(word) { sessions.end(session.id) }
        return nil
    }

    private func goOn(_ user: User, asksForFactor: Bool, _ context: SiteContext) -> Response {
        if let old = context.session { sessions.end(old.id) }
        guard let word = begin(user, isWaiting: asksForFactor) else { return redirect(to: "/sign-in") }
        if !asksForFactor {
            security.report(.loginSucceeded(user: user.id, ip: context.security.address, session: sessions.session(word)?.id))
        }
        var response = redirect(to: asksForFactor ? "/second-factor" : "/")
        response.setCookie(cookie(sessionCookie, word))
        return response
    }
}
