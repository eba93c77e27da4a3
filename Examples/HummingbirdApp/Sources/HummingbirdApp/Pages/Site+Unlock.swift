import Hummingbird
import Riposte

extension Site {
    /// Where the link of a “was this you?” mail leads. It takes a click to unlock, because mail programs follow links by themselves.
    func addUnlock(to router: Router<SiteContext>) {
        router.get("unlock") { [self] request, _ in
            let token = String(request.uri.queryParameters["token"] ?? "")
            return page("Was this you?", request) { seal in
                """
                <p>Somebody tried to get into your account, so it was locked. If you want to use it now:</p>
                <form method="post" action="/unlock">\(seal)<input type="hidden" name="token" value="\(token)">
                <button>Unlock it</button></form>
                """
            }
        }
        router.post("unlock") { [self] request, context in
            let token = try await forms.fields(request, context)["token"] ?? ""
            do { try await responder.unlock(with: token, from: tokens) } catch let error as UnlockTokenError {
                return page("Was this you?", request, status: .gone) { _ in "<p>\(error)</p>" }
            }
            return redirect(to: "/sign-in")
        }
    }
}
