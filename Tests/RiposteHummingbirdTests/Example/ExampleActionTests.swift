import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@testable import HummingbirdApp

/// Before, during and after each action: the rows of the table in the guide “Embed Riposte in ten minutes”.
@Suite struct `every action, seen from a browser` {
    private let alice = RunningSite.alice
    private let password = RunningSite.password
    private let here = "203.0.113.9"
    private let elsewhere = "203.0.113.10"

    /// alice, signed in from `here`.
    private func signedIn(_ site: RunningSite) async throws -> Visitor {
        let visitor = site.visitor(here)
        #expect(try await visitor.signIn(alice, password) == "303 /")
        #expect(try await visitor.who() == alice)
        return visitor
    }

    @Test func `block_ip: everything is refused from there`() async throws {
        try await withSite(Step(.blockIP)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            let incident = try await site.act(["ip": here])
            #expect(try await visitor.who() == "403")
            #expect(try await visitor.browser.get("/sign-in").text.hasPrefix("403 Forbidden\nReference: "))
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "303 /")
            try await site.undo(incident)
            #expect(try await visitor.who() == alice)
        }
    }

    @Test func `rate_limit_ip: a few requests get through, then 429 until the time it tells`() async throws {
        let limit: [String: JSONValue] = ["limit": 3, "window_seconds": 60]
        try await withSite(Step(.rateLimitIP, parameters: limit)) { (site: RunningSite) async throws in
            let visitor = site.visitor(here)
            let incident = try await site.act(["ip": here])
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await visitor.browser.get("/").status) }
            #expect(statuses == [200, 200, 200, 429, 429])
            #expect(try await visitor.browser.get("/").retryAfter.map { $0 > .zero && $0 <= .seconds(20) } == true)
            try await site.undo(incident)
            #expect(try await visitor.who() == "nobody")
        }
    }

    @Test func `block_user: whoever is in is refused, and nobody signs in`() async throws {
        try await withSite(Step(.blockUser)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            let incident = try await site.act(["user": alice])
            #expect(try await visitor.who() == "403")
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "401")
            try await site.undo(incident)
            #expect(try await visitor.who() == alice)
        }
    }

    @Test func `block_user: whoever has given the password and not the second factor is sent away, and has no mail written`() async throws {
        try await withSite(Step(.blockUser)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            try await visitor.setUpFactor(alice)
            let waiting = site.visitor(elsewhere)
            #expect(try await waiting.signIn(alice, password) == "303 /second-factor")
            #expect(try await waiting.browser.get("/second-factor").status == 200)
            _ = try await site.act(["user": alice])
            #expect(try await waiting.browser.get("/second-factor").fields["location"] == "/sign-in")
            #expect(try await waiting.submit("/sign-in", ["mail": "1"], to: "/second-factor").fields["location"] == "/sign-in")
        }
    }

    @Test func `lock_account: nobody signs in, whoever is in stays in`() async throws {
        try await withSite(Step(.lockAccount)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            let incident = try await site.act(["user": alice])
            #expect(try await visitor.who() == alice)
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "401")
            try await site.undo(incident)
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "303 /")
        }
    }

    @Test func `lock_account puts nobody out who gives a second factor meanwhile`() async throws {
        try await withSite(Step(.lockAccount)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            _ = try await site.act(["user": alice])
            #expect(try await visitor.setUpFactor(alice) == "303 /")
            #expect(try await visitor.who() == alice)
        }
    }

    @Test func `revoke_sessions: everybody who is in is out, and may sign in again`() async throws {
        try await withSite(Step(.revokeSessions)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            let other = site.visitor(elsewhere)
            try await other.signIn(alice, password)
            let incident = try await site.act(["user": alice])
            #expect(try await visitor.who() == "nobody")
            #expect(try await other.who() == "nobody")
            #expect(try await other.signIn(alice, password) == "303 /")
            #expect(try await other.who() == alice)
            _ = try await site.site.responder.undo(incident, actor: "operator")
            #expect(try await visitor.who() == "nobody")
        }
    }

    @Test func `terminate_session: that one browser is out, the user's others are not`() async throws {
        try await withSite(Step(.terminateSession)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            let other = site.visitor(elsewhere)
            try await other.signIn(alice, password)
            let session = try #require(site.site.sessions.session(visitor.browser.cookies["session"] ?? ""))
            _ = try await site.act(["session": session.id, "user": alice])
            #expect(try await visitor.who() == "nobody")
            #expect(try await other.who() == alice)
            #expect(try await visitor.signIn(alice, password) == "303 /")
        }
    }

    @Test func `terminate_session, by a playbook: the session in which somebody got in is over, the owner's goes on`() async throws {
        let takeover = Trigger(detector: "success_after_failures")
        try await withSite(Step(.terminateSession), triggers: [takeover]) { (site: RunningSite) async throws in
            let owner = site.visitor(elsewhere)
            try await owner.signIn(alice, password)
            let attacker = site.visitor(here)
            for _ in 0..<6 { try await attacker.signIn(alice, "wrong wrong wrong") }
            #expect(try await attacker.signIn(alice, password) == "303 /")
            await site.site.security.settle()
            await site.site.responder.waitForRuns()
            // The address is kept out as well. What is seen without that:
            let incident = try #require(try await site.incidents().first { $0.severity == .critical })
            try await site.undo(incident.id)
            #expect(try await attacker.who() == "nobody")
            #expect(try await owner.who() == alice)
        }
    }

    @Test func `force_password_reset: the old password is dead, a mailed link sets a new one`() async throws {
        try await withSite(Step(.forcePasswordReset)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            _ = try await site.act(["user": alice])
            #expect(try await visitor.who() == "303 /reset")
            #expect(try await visitor.browser.get("/reset").text.contains("mailed you a link"))
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "401")
            try await visitor.setPassword("another horse battery", mailedTo: alice)
            #expect(try await visitor.signIn(alice, password) == "401")
            #expect(try await visitor.signIn(alice, "another horse battery") == "303 /")
            #expect(try await visitor.who() == alice)
        }
    }

    @Test func `force_password_reset, undone: the old password works again`() async throws {
        try await withSite(Step(.forcePasswordReset)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            try await site.undo(site.act(["user": alice]))
            #expect(try await visitor.who() == alice)
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "303 /")
        }
    }

    @Test func `require_two_factor: a code is asked for, from now on in every session, until one is passed`() async throws {
        try await withSite(Step(.requireTwoFactor)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            _ = try await site.act(["user": alice])
            #expect(try await visitor.who() == "303 /second-factor")
            let other = site.visitor(elsewhere)
            #expect(try await other.signIn(alice, password) == "303 /second-factor")
            #expect(try await other.who() == "nobody")
            let link = try await other.askForFactorLink()
            #expect(try await other.enterFreshCode(alice, at: link) == "303 /")
            #expect(try await other.who() == alice)
            #expect(!site.site.security.standing(of: alice).mustUseSecondFactor)
            #expect(try await visitor.who() == "nobody", "the password alone may be somebody else's")
            #expect(site.site.mailbox.user(of: link.split(separator: "=").last.map(String.init) ?? "", to: .secondFactor) == nil)
            let third = site.visitor(elsewhere)
            #expect(try await third.signIn(alice, password) == "303 /second-factor")
            #expect(try await third.enterFreshCode(alice) == "303 /", "the factor is there, so no mail is needed")
        }
    }

    @Test func `require_two_factor: who has the password and not the mail sets none up`() async throws {
        try await withSite(Step(.requireTwoFactor)) { (site: RunningSite) async throws in
            let attacker = try await signedIn(site)
            // Also the moment before it is required.
            #expect(try await attacker.enterFreshCode(alice) == "no secret")
            _ = try await site.act(["user": alice])
            #expect(try await attacker.enterFreshCode(alice) == "no secret")
            #expect(try await attacker.enterCode("123456") == "403")
            let fresh = site.visitor(elsewhere)
            #expect(try await fresh.signIn(alice, password) == "303 /second-factor")
            #expect(try await fresh.enterFreshCode(alice) == "no secret")
            // A link of another account's, one to another page, and one that is made up.
            site.site.mailbox.sendLink(.secondFactor, to: RunningSite.admin, subject: "")
            let others = try #require(site.site.mailbox.letters.last?.link)
            site.site.mailbox.sendLink(.password, to: alice, subject: "")
            let password = try #require(site.site.mailbox.letters.last?.link?.replacing("/password", with: "/second-factor"))
            for link in [others, password, "/second-factor?link=made-up"] {
                #expect(try await fresh.enterFreshCode(alice, at: link) == "no secret", "\(link)")
            }
            #expect(site.site.users[alice]?.secret == nil)
            #expect(try await fresh.who() == "nobody")
            for _ in 0..<5 { _ = try await fresh.submit("/second-factor", ["mail": "1"]) }
            #expect(site.site.mailbox.letters.count { $0.to == alice && $0.link?.hasPrefix("/second-factor?") == true } == 3)
        }
    }

    @Test func `require_two_factor, undone: nobody is asked`() async throws {
        try await withSite(Step(.requireTwoFactor)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            try await site.undo(site.act(["user": alice]))
            #expect(try await visitor.who() == alice)
            #expect(try await site.visitor(elsewhere).signIn(alice, password) == "303 /")
        }
    }

    @Test func `enable_enhanced_logging: nothing to be seen, but in the log`() async throws {
        let log = RecordingLog()
        @Sendable func logged(_ path: String) -> Bool { log.lines.contains { $0.level == .debug && $0.metadata["path"] == "\(path)" } }
        try await withSite(Step(.enableEnhancedLogging), logger: log.logger(.info)) { (site: RunningSite) async throws in
            let visitor = site.visitor(here)
            try await visitor.browser.get("/before")
            let incident = try await site.act(["ip": here])
            try await visitor.browser.get("/during")
            try await site.visitor(elsewhere).browser.get("/elsewhere")
            try await site.undo(incident)
            try await visitor.browser.get("/after")
            #expect(["/before", "/during", "/elsewhere", "/after"].map(logged) == [false, true, false, false])
        }
    }

    @Test func `log_event and notify_admin: nothing to be seen, one line in the log and one message`() async throws {
        let log = RecordingLog()
        let steps = (
            Step(.logEvent, parameters: ["message": "written down"]), Step(.notifyAdmin, parameters: ["channel": "log", "message": "told"])
        )
        try await withSite(steps.0, steps.1, logger: log.logger(.info)) { (site: RunningSite) async throws in
            let visitor = try await signedIn(site)
            _ = try await site.act(["ip": here, "user": alice])
            #expect(try await visitor.who() == alice)
            #expect(log.lines.contains { $0.message.contains("written down") })
            try await site.site.outbox.deliverDue()
            #expect(log.lines.contains { "\($0)".contains("told") })
        }
    }

    @Test func `notify_user: a mail asks whether it was them, and its link unlocks once`() async throws {
        try await withSite(Step(.lockAccount), Step(.notifyUser)) { (site: RunningSite) async throws in
            let visitor = site.visitor(here)
            _ = try await site.act(["user": alice])
            #expect(try await visitor.signIn(alice, password) == "401")
            let link = try #require(site.site.mailbox.letters.last { $0.subject.hasPrefix("Was this you?") }?.link)
            let token = try #require(link.split(separator: "=", maxSplits: 1).last)
            #expect(try await visitor.signIn(alice, password) == "401")  // looking at the link is not enough
            #expect(try await visitor.submit(link, ["token": String(token)]).status == 303)
            #expect(try await visitor.signIn(alice, password) == "303 /")
            #expect(try await visitor.submit("/unlock", ["token": "made-up"]).status == 410)
        }
    }
}
