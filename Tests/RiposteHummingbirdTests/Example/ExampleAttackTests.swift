import Dispatch
import Logging
import NIOCore
import NIOPosix
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@testable import HummingbirdApp

/// The specification's two playbooks, seen from browsers.
@Suite struct `the example under attack` {
    private let alice = RunningSite.alice
    private let password = RunningSite.password

    @Test func `brute force: the eleventh try is refused, the account is locked, and both are undone on the admin page`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let owner = site.visitor("192.0.2.10")
            #expect(try await owner.signIn(alice, password) == "303 /")
            let attacker = site.visitor("203.0.113.9")
            for _ in 0..<10 { #expect(try await attacker.signIn(alice, "wrong wrong wrong") == "401") }
            #expect(try await attacker.browser.get("/sign-in").status == 403)
            #expect(try await attacker.browser.get("/").status == 403)
            #expect(try await attacker.browser.get("/healthz").status == 200)
            await site.site.responder.waitForRuns()

            // Nobody signs in while it is locked, in the same words as for a wrong password; who is in stays in.
            #expect(try await site.visitor("192.0.2.11").signIn(alice, password) == "401")
            #expect(try await owner.who() == alice)

            let incident = try #require(try await site.incidents().first)
            #expect(try await site.incidents().count == 1)
            try await site.undo(incident.id)
            #expect(try await attacker.signIn(alice, "wrong wrong wrong") == "401")
            #expect(try await site.visitor("192.0.2.11").signIn(alice, password) == "303 /")
        }
    }

    @Test func `a takeover is critical: the place is kept out at once, the owner is not`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let attacker = site.visitor("203.0.113.9")
            for _ in 0..<6 { #expect(try await attacker.signIn(alice, "wrong wrong wrong") == "401") }
            #expect(try await attacker.signIn(alice, password) == "303 /")
            #expect(try await attacker.who().hasPrefix("403"))
            #expect(try await site.visitor("192.0.2.10").signIn(alice, password) == "303 /")

            let incident = try #require(try await site.incidents().first { $0.severity == .critical })
            await site.site.responder.waitForRuns()
            try await site.undo(incident.id)
            #expect(try await attacker.who() == alice)
        }
    }

    @Test func `a mailed link unlocks what an attacker has locked`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let attacker = site.visitor("203.0.113.9")
            for _ in 0..<10 { try await attacker.signIn(alice, "wrong wrong wrong") }
            await site.site.security.settle()
            await site.site.responder.waitForRuns()
            let owner = site.visitor("192.0.2.10")
            #expect(try await owner.signIn(alice, password) == "401")
            try await owner.askForLink("/forgot", alice)
            try await owner.setPassword("another horse battery", mailedTo: alice)
            #expect(try await owner.signIn(alice, "another horse battery") == "303 /")
            #expect(try await attacker.browser.get("/").status == 403)
        }
    }

    @Test func `a form that is sent late is judged by what is decided by then`() async throws {
        try await withSite(Step(.blockIP), Step(.revokeSessions)) { (site: RunningSite) async throws in
            let (here, elsewhere) = ("203.0.113.9", "203.0.113.10")
            let attacker = site.visitor(here)
            try await attacker.signIn(alice, password)
            let seal = "&seal=" + site.site.forms.seal(attacker.browser.cookies[site.site.forms.cookie] ?? "")
            let forms = [("/sign-in", "email=bob&password=wrong" + seal), ("/second-factor", "mail=1" + seal)]
            let early = try [here, elsewhere].flatMap { ip in
                try forms.map { path, form in
                    let connection = try RawConnection(port: site.port)
                    connection.begin(path, form, from: ip, attacker.browser)
                    return (connection, form)
                }
            }
            try await attacker.browser.get("/")
            _ = try await site.act(["ip": here, "user": alice])
            let (events, letters) = (site.site.security.counts.reported, site.site.mailbox.letters.count)
            var answers: [String] = []
            for (connection, form) in early {
                connection.send(form)
                answers.append(String(await connection.answer().dropFirst(9).prefix(3)))
            }
            #expect(answers == ["403", "403", "401", "303"])
            #expect(site.site.security.counts.reported - events == 1, "what comes from a banned address is no event")
            #expect(site.site.mailbox.letters.count == letters, "nobody has asked for that one")
        }
    }

    @Test func `a guess that was under way when its address was banned is not answered`() async throws {
        let log = RecordingLog()
        try await withSite(Step(.blockIP), logger: log.logger(.debug)) { (site: RunningSite) async throws in
            let here = "203.0.113.9"
            let attacker = site.visitor(here)
            try await attacker.browser.get("/sign-in")
            // No password is compared meanwhile.
            let (gate, threads) = (DispatchSemaphore(value: 0), NIOSingletons.blockingPoolThreadCountSuggestion)
            for _ in 0..<threads { NIOThreadPool.singleton.submit { _ in gate.wait() } }
            let events = site.site.security.counts.reported
            async let guess = attacker.signIn(alice, password)
            do {
                defer { for _ in 0..<threads { gate.signal() } }
                while !log.lines.contains(where: { $0.metadata["method"] == "POST" && $0.metadata["from"] == "\(here)" }) {
                    await Task.yield()
                }
                _ = try await site.act(["ip": here])
            }
            #expect(try await guess == "403")
            #expect(site.site.security.counts.reported == events)
        }
    }

    @Test func `a hundred guesses at once are counted exactly, in one incident`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let before = site.site.security.counts.reported
            let form = site.visitor("203.0.113.9")
            try await form.browser.get("/sign-in")
            let seal = site.site.forms.seal(form.browser.cookies[site.site.forms.cookie] ?? "")
            let user = alice
            let statuses = try await atOnce(100) { number in
                try await form.browser.post("/sign-in", ["email": user, "password": "guess number \(number)", "seal": seal]).status
            }
            #expect(statuses.allSatisfy { $0 == 401 || $0 == 403 })
            #expect(site.site.security.counts.reported - before == UInt64(statuses.count { $0 == 401 }))
            #expect(try await form.browser.get("/").status == 403)
            await site.site.security.settle()
            #expect(try await site.incidents().count == 1)
        }
    }
}
