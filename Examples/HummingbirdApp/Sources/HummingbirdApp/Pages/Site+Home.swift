import Hummingbird

extension Site {
    func addHome(to router: Router<SiteContext>) {
        router.get("/") { [self] request, context in
            page("Home", request) { seal in
                guard let account = context.security.account else {
                    return "<p>Nobody is signed in. <a href=\"/sign-in\">Sign in</a>, <a href=\"/sign-up\">sign up</a></p>"
                }
                return """
                    <p>Signed in as <b>\(account.user)</b>\(account.hasSecondFactor ? ", with a second factor" : "").
                    <a href="/second-factor">Second factor</a></p>
                    <form method="post" action="/sign-out">\(seal)<button>Sign out</button></form>
                    """
            }
        }
        router.get("reset") { [self] request, _ in
            page("Set a new password", request) { _ in
                "<p>Your password no longer works. We have mailed you a link to set a new one.</p>"
            }
        }
    }
}
