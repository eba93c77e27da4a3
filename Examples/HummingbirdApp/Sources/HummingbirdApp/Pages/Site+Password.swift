import Hummingbird
import Riposte

extension Site {
    /// Signing up and setting a forgotten password are one thing: a mailed link. What is answered tells nobody who has an account.
    func addPassword(to router: Router<SiteContext>) {
        for (path, title) in [("sign-up", "Sign up"), ("forgot", "Forgotten password")] {
            router.get(RouterPath(path)) { [self] request, _ in
                page(title, request) { seal in
                    """
                    <form method="post" action="/\(path)">\(seal)
                    <p><label>E-mail <input name="email" type="email" required></label></p><button>Mail me a link</button></form>
                    """
                }
            }
            router.post(RouterPath(path)) { [self] request, context in
                let email = (try await forms.fields(request, context)["email"] ?? "").lowercased()
                // Not waited for: how long a mail takes would tell who has an account.
                if Self.isAddress(email) { Task { mail(email, isSignUp: path == "sign-up") } }
                return page(title, request) { _ in "<p>If that is your address, there is a mail with a link for you.</p>" }
            }
        }
        router.get("password") { [self] request, _ in
            let link = String(request.uri.queryParameters["link"] ?? "")
            guard mailbox.user(of: link, to: .password) != nil else { return deadLink(request) }
            return passwordPage(request, link, status: .ok)
        }
        router.post("password") { [self] request, context in try await setPassword(request, context) }
    }

    static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= 254 && text.split(separator: "@", omittingEmptySubsequences: false).count == 2 && !text.hasPrefix("@")
            && !text.hasSuffix("@") && text.unicodeScalars.allSatisfy(isPlain)
    }

    /// Neither blank nor anything that a terminal obeys, nor what parts addresses in a mail's head from each other.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
        default: !",;:<>()[]\\\"".unicodeScalars.contains(scalar)
        }
    }

    /// Of an address without an account as much is done, so that how busy the machine is tells nothing either.
    private func mail(_ email: String, isSignUp: Bool) {
        let user = users[email]
        // To the account's own address, not to one that only compares as the same.
        mailbox.sendLink(
            .password, to: user?.id ?? email, isStrangers: user == nil,
            subject: user == nil ? "Welcome: set a password" : "You have an account: set a new password",
            limit: user != nil || isSignUp ? 3 : 0)
    }

    private func deadLink(_ request: Request) -> Response {
        page("Set a password", request, status: .gone) { _ in "<p>This link is over. <a href=\"/forgot\">Ask for another</a>.</p>" }
    }

    private func passwordPage(_ request: Request, _ link: String, status: HTTPResponse.Status) -> Response {
        page("Set a password", request, status: status) { seal in
            """
            <form method="post" action="/password">\(seal)<input type="hidden" name="link" value="\(link)">
            <p><label>New password, at least twelve letters <input name="password" type="password" minlength="12" required></label></p>
            <button>Set it</button></form>
            """
        }
    }

    /// Whoever reads the account's mail is its owner: the password is set anew, all sessions end, and so do a lock and what Riposte
    /// has asked for.
    private func setPassword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await forms.fields(request, context)
        let (link, password) = (form["link"] ?? "", form["password"] ?? "")
        guard (12...1000).contains(password.count) else { return passwordPage(request, link, status: .unprocessableContent) }
        guard let user = mailbox.use(link, to: .password) else { return deadLink(request) }
        users.set(await PasswordHash.made(of: password, rounds: settings.passwordRounds), of: user)
        _ = sessions.revokeSessions(of: user, before: SystemClock().now(), key: link)
        security.report(.passwordReset(user: user, ip: context.security.address))
        for restriction in [AccountRestriction.passwordReset, .lock] { try await responder.fulfilled(restriction, by: user) }
        return redirect(to: "/sign-in")
    }
}
