import Riposte
import RiposteChannels
import Testing

@Suite struct `failed sign-ins over HTTP` {
    private func signIn(_ browser: Browser, _ user: String = "alice", _ password: String = "wrong") async throws -> Int {
        try await browser.get("/sign-in?user=\(user)&password=\(password)").status
    }

    @Test(arguments: Arrangement.allCases)
    func `the eleventh in a row is refused, and nobody else is`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            let attacker = browser.at("203.0.113.9")
            for _ in 0..<10 { #expect(try await signIn(attacker) == 401) }
            #expect(try await signIn(attacker) == 403)
            #expect(try await signIn(attacker, "alice", "right") == 403)
            #expect(try await signIn(browser.at("203.0.113.10"), "alice", "right") == 200)
        }
        #expect(embedded.security.counts.reported == 11)
    }

    @Test(arguments: Arrangement.allCases)
    func `of a hundred at once, those that get through are counted exactly, in one incident with one run`(_ made: Arrangement) async throws
    {
        let embedded = try Embedded(made)
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

    @Test(arguments: Arrangement.allCases)
    func `a second attacker is answered while the first has his answer`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            for (ip, user) in [("203.0.113.9", "alice"), ("198.51.100.7", "bob")] {
                for _ in 0..<10 { #expect(try await signIn(browser.at(ip), user) == 401) }
                #expect(try await signIn(browser.at(ip), user) == 403)
            }
        }
        #expect(embedded.decisions.snapshot.count == 2)
    }

    @Test(arguments: Arrangement.allCases)
    func `one network of IPv6 is one attacker`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            for number in 0..<10 { #expect(try await signIn(browser.at("2001:db8:1:2::\(number)")) == 401) }
            #expect(try await signIn(browser.at("2001:db8:1:2:ffff::1")) == 403)
            #expect(try await signIn(browser.at("2001:db8:1:3::1"), "alice", "right") == 200)
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a successful sign-in never counts`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            let office = browser.at("203.0.113.9")
            for _ in 0..<9 { #expect(try await signIn(office) == 401) }
            for _ in 0..<50 { #expect(try await signIn(office, "bob", "right") == 200) }
            await embedded.security.settle()
        }
        #expect(embedded.decisions.snapshot.isEmpty)
    }

    @Test(arguments: Arrangement.allCases)
    func `our own refusals are no events`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.ban, .ip("203.0.113.9"))
        try await embedded.serve { (browser: Browser) async throws in
            for _ in 0..<30 { #expect(try await signIn(browser.at("203.0.113.9")) == 403) }
        }
        #expect(embedded.security.counts.reported == 0)
        #expect(try await embedded.incidents().isEmpty)
    }

    @Test(arguments: Arrangement.allCases)
    func `an attacker who is let go is refused again only after as many failures`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
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
