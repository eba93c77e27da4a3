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
        let standing = security.standing(of: name)
        // A lock's own failures do not count towards the account.
        let refusal: Event.Reason? = user == nil ? .unknownUser : standing.signInRefusal ?? (isRight ? nil : .badCredentials)
        guard let refusal else {
            return goOn(name, asksForFactor: user?.secret != nil || standing.mustUseSecondFactor, context)
        }
        security.report(.loginFailed(user: name, ip: context.security.address, reason: refusal))
        return signInPage(request, status: .unauthorized)
    }

    private func goOn(_ user: String, asksForFactor: Bool, _ context: SiteContext) -> Response {
        if let old = context.session { sessions.end(old.id) }
        let word = sessions.begin(user, isWaiting: asksForFactor)
        if !asksForFactor {
            security.report(.loginSucceeded(user: user, ip: context.security.address, session: sessions.session(word)?.id))
        }
        var response = redirect(to: asksForFactor ? "/second-factor" : "/")
        response.setCookie(cookie(sessionCookie, word))
        return response
    }
}
