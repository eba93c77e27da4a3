import Logging
import Riposte
import RiposteChannels
import RiposteHummingbird
import RiposteTesting
import Testing

@Suite struct `accounts in the middlewares` {
    private let pages = AccountPages(signIn: "/sign-in", passwordReset: "/reset", secondFactor: "/factor", open: ["/sign-out"])
    private let user = Target.user("alice")

    /// What a request of alice's comes to: the user, or the status and where it leads.
    private func ask(_ browser: Browser, _ query: String = "", path: String = "/who", post: Bool = false) async throws -> String {
        let target = "\(path)?as=alice\(query)"
        let answer = try await post ? browser.post(target) : browser.get(target)
        return answer.status == 200 ? answer.text : "\(answer.status)" + (answer.fields["location"].map { " \($0)" } ?? "")
    }

    @Test(arguments: Arrangement.allCases)
    func `lets on whom nothing is decided of, and nobody as nobody`(_ made: Arrangement) async throws {
        try await Embedded(made).serve { (browser: Browser) async throws in
            #expect(try await ask(browser) == "alice")
            #expect(try await browser.get("/who").text == "nobody")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `refuses a blocked account everything, and only while it is blocked`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in
            let effect = try await embedded.decide(.accountBlock, user)
            #expect(try await ask(browser) == "403")
            #expect(try await ask(browser, path: "/sign-out") == "403")
            #expect(try await browser.get("/who?as=bob").text == "bob")
            _ = try await embedded.decisions.release(effect)
            #expect(try await ask(browser) == "alice")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a lock keeps people from signing in; who is in goes on, unless the host says otherwise`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.accountLock, user)
        #expect(embedded.security.standing(of: "alice").lockedUntil != nil)
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in #expect(try await ask(browser) == "alice") }
        try await embedded.serve(pages: pages, locked: .areNobodys) { (browser: Browser) async throws in
            #expect(try await ask(browser) == "303 /sign-in")
            #expect(try await ask(browser, post: true) == "401")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `sessions that began before they were revoked are nobody's, later ones hold`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        let before = SystemClock().now().seconds - 10
        try await embedded.decide(.sessionsRevoked, user)
        let after = SystemClock().now().seconds + 1
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in
            #expect(try await ask(browser, "&since=\(before)") == "303 /sign-in")
            #expect(try await ask(browser, "&since=\(before)", post: true) == "401")
            #expect(try await ask(browser, "&since=\(before)", path: "/sign-in") == "401")  // the page itself: nobody, wrong password
            #expect(try await ask(browser, "&since=\(after)") == "alice")
        }
        try await embedded.serve { (browser: Browser) async throws in #expect(try await ask(browser, "&since=\(before)") == "401") }
    }

    @Test(arguments: Arrangement.allCases)
    func `one session that was ended is nobody's, the user's others hold`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.sessionTerminated, .session("s-1"))
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in
            #expect(try await ask(browser, "&session=s-1") == "303 /sign-in")
            #expect(try await ask(browser, "&session=s-2") == "alice")
            #expect(try await ask(browser) == "alice")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `who must reset the password gets to that page and to no other`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        let effect = try await embedded.decide(.passwordReset, user)
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in
            #expect(try await ask(browser) == "303 /reset")
            #expect(try await ask(browser, post: true) == "403")
            #expect(try await ask(browser, path: "/reset") == "404")  // reached; this server has none
            #expect(try await ask(browser, path: "/sign-out") == "404")
            _ = try await embedded.decisions.release(effect)
            #expect(try await ask(browser) == "alice")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `who must pass a second factor is asked for it until it is passed`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.secondFactor, user)
        try await embedded.serve(pages: pages) { (browser: Browser) async throws in
            #expect(try await ask(browser) == "303 /factor")
            #expect(try await ask(browser, post: true) == "403")
            #expect(try await ask(browser, path: "/factor") == "404")
            #expect(try await ask(browser, "&factor") == "alice")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a request that is led elsewhere is in the log of whoever is logged in detail`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.passwordReset, user)
        try await embedded.decide(.enhancedLogging, .ip("203.0.113.9"), terms: EffectTerms(level: "debug"))
        let log = RecordingLog()
        try await embedded.serve(pages: pages, logger: log.logger(.info)) { (browser: Browser) async throws in
            for address in ["203.0.113.9", "203.0.113.10"] { #expect(try await ask(browser.at(address)) == "303 /reset") }
        }
        let lines = log.lines.filter { $0.message == "request led elsewhere" }
        let told = lines.map { $0.metadata.filter { ["path", "to", "from"].contains($0.key) } }
        #expect(told == [["path": "/who", "to": "/reset", "from": "203.0.113.9"]])
    }
}
