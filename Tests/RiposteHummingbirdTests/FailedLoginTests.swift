import Riposte
import RiposteChannels
import Testing

@Suite struct `failed sign-ins over HTTP` {
    private func signIn(_ browser: Browser, _ user: String = "alice", _ password: String = "wrong") async throws -> Int {
        try await browser.get("/sign-in?user=\(user)&password=\(password)").status
    }

    @Test func `the eleventh in a row is refused, and nobody else is`() async throws {
        let embedded = try Embedded()
        try await embedded.serve { (browser: Browser) async throws in
            let attacker = browser.at("203.0.113.9")
            for _ in 0..<10 { #expect(try await signIn(attacker) == 401) }
            #expect(try await signIn(attacker) == 403)
            #expect(try await signIn(attacker, "alice", "right") == 403)
            #expect(try await signIn(browser.at("203.0.113.10"), "alice", "right") == 200)
        }
        #expect(embedded.security.counts.reported == 11)
    }

    @Test func `of a hundred at once, those that get through are counted exactly, in one incident with one run`() async throws {
        let embedded = try Embedded()
        let security = embedded.security
        try await embedded.serve { (browser: Browser) async throws in
            let attacker = browser.at("203.0.113.9")
            let statuses = try await atOnce(100) { try await attacker.get("/sign-in?user=user\($0 % 3)&password=wrong").status }
            let through = statuses.filter { $0 == 401 }.count
            let refused = statuses.filter { $0 == 403 }.count
            #expect(through + refused == 100)
            #expect(through >= 10)
            #expect(Int(security.counts.reported) == through)
            // Whoever is not in flight any more is refused, and no event.
            for _ in 0..<5 { #expect(try await attacker.get("/sign-in?user=alice&password=wrong").status == 403) }
            #expect(Int(security.counts.reported) == through)
            await security.settle()
        }
        let incidents = try await embedded.incidents()
        #expect(incidents.count == 1)
        #expect(try await embedded.store.runs(of: incidents[0].id).count == 1)
    }

    @Test func `a second attacker is answered while the first has his answer`() async throws {
        let embedded = try Embedded()
        try await embedded.serve { (browser: Browser) async throws in
            for ip in ["203.0.113.9", "198.51.100.7"] {
                for _ in 0..<10 { #expect(try await signIn(browser.at(ip)) == 401) }
                #expect(try await signIn(browser.at(ip)) == 403)
            }
        }
        #expect(embedded.decisions.snapshot.count == 2)
    }

    @Test func `one network of IPv6 is one attacker`() async throws {
        let embedded = try Embedded()
        try await embedded.serve { (browser: Browser) async throws in
            for number in 0..<10 { #expect(try await signIn(browser.at("2001:db8:1:2::\(number)")) == 401) }
            #expect(try await signIn(browser.at("2001:db8:1:2:ffff::1")) == 403)
            #expect(try await signIn(browser.at("2001:db8:1:3::1"), "alice", "right") == 200)
        }
    }

    @Test func `a successful sign-in never counts`() async throws {
        let embedded = try Embedded()
        try await embedded.serve { (browser: Browser) async throws in
            let office = browser.at("203.0.113.9")
            for _ in 0..<9 { #expect(try await signIn(office) == 401) }
            for _ in 0..<50 { #expect(try await signIn(office, "bob", "right") == 200) }
            await embedded.security.settle()
        }
        #expect(embedded.decisions.snapshot.isEmpty)
    }

    @Test func `our own refusals are no events`() async throws {
        let embedded = try Embedded()
        try await embedded.decide(.ban, .ip("203.0.113.9"))
        try await embedded.serve { (browser: Browser) async throws in
            for _ in 0..<30 { #expect(try await signIn(browser.at("203.0.113.9")) == 403) }
        }
        #expect(embedded.security.counts.reported == 0)
        #expect(try await embedded.incidents().isEmpty)
    }

    @Test func `an attacker who is let go is refused again only after as many failures`() async throws {
        let embedded = try Embedded()
        try await embedded.serve { (browser: Browser) async throws in
            let attacker = browser.at("203.0.113.9")
            for _ in 0..<10 { _ = try await signIn(attacker) }
            #expect(try await signIn(attacker) == 403)
            let incident = try #require(try await embedded.incidents().first)
            _ = try await embedded.responder.undo(incident.id, actor: "operator")
            for _ in 0..<10 { #expect(try await signIn(attacker) == 401) }
            #expect(try await signIn(attacker) == 403)
        }
    }
}
