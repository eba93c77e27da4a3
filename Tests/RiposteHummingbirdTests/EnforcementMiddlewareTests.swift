import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `addresses in the middlewares` {
    @Test(arguments: Arrangement.allCases)
    func `answers a ban with 403, the same words for everybody, and a reference that the log explains`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.ban, .ip("203.0.113.9"))
        try await embedded.decide(.ban, .ip("198.51.100.0/24"))
        let log = RecordingLog()
        try await embedded.serve(logger: log.logger(.debug)) { (browser: Browser) async throws in
            let answers = try await [browser.at("203.0.113.9").get("/who"), browser.at("198.51.100.77").get("/nowhere")]
            #expect(answers.map(\.status) == [403, 403])
            let references = answers.map { $0.text.split(separator: "\n").last.map { String($0.suffix(10)) } ?? "" }
            #expect(Set(references).count == 2)
            for (answer, reference) in zip(answers, references) {
                #expect(answer.text == "403 Forbidden\nReference: \(reference)\n")
                #expect(answer.fields["cache-control"] == "no-store")
                #expect(log.lines.count { $0.metadata["reference"] == "\(reference)" && $0.metadata["incident"] == "inc-hidden" } == 1)
                #expect(!answer.text.contains("inc-"))
            }
            // The same decision has the same reference, and is not told again above debug.
            #expect(try await browser.at("203.0.113.9").get("/who").text.contains(references[0]))
            #expect(log.lines.count { $0.level == .notice && $0.message == "request refused" } == 2)
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `lets a throttled address through as often as its rate says, then answers 429`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        let effect = try await embedded.decide(.throttle, .ip("203.0.113.9"), terms: EffectTerms(rate: RateLimit(3, per: 60)))
        try await embedded.serve { (browser: Browser) async throws in
            let client = browser.at("203.0.113.9")
            for left in [2, 1, 0] {
                let answer = try await client.get("/who")
                #expect(answer.status == 200)
                #expect(answer.fields["ratelimit-limit"] == "3")
                #expect(answer.fields["ratelimit-remaining"] == "\(left)")
                #expect(answer.fields["retry-after"] == nil)
            }
            let refused = try await client.get("/who")
            #expect(refused.status == 429)
            #expect(refused.fields["ratelimit-remaining"] == "0")
            let wait = try #require(refused.fields["retry-after"].flatMap(Int.init))
            #expect((1...20).contains(wait))
            #expect(refused.text.hasPrefix("429 Too Many Requests\nReference: "))
            #expect(try await browser.at("203.0.113.10").get("/who").fields["ratelimit-limit"] == nil)
            _ = try await embedded.decisions.release(effect)
            #expect(try await client.get("/who").status == 200)
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a throttled request that the account is refused for counts, and tells the rate`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.throttle, .ip("203.0.113.9"), terms: EffectTerms(rate: RateLimit(2, per: 60)))
        try await embedded.decide(.accountBlock, .user("alice"))
        try await embedded.serve { (browser: Browser) async throws in
            let client = browser.at("203.0.113.9")
            let answers = [try await client.get("/who?as=alice"), try await client.get("/who?as=bob"), try await client.get("/who?as=bob")]
            #expect(answers.map(\.status) == [403, 200, 429])
            #expect(answers.map { $0.fields["ratelimit-remaining"] } == ["1", "0", "0"])
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `counts a throttled network of IPv6 as one`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.throttle, .ip("2001:db8:1:2::/64"), terms: EffectTerms(rate: RateLimit(2, per: 60)))
        try await embedded.serve { (browser: Browser) async throws in
            var statuses: [Int] = []
            for number in 1...4 { statuses.append(try await browser.at("2001:db8:1:2::\(number)").get("/who").status) }
            #expect(statuses == [200, 200, 429, 429])
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `leaves exempt paths alone, and no others`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.ban, .ip("203.0.113.9"))
        try await embedded.serve(exempt: ["/healthz"]) { (browser: Browser) async throws in
            let banned = browser.at("203.0.113.9")
            #expect(try await banned.get("/healthz").status == 200)
            #expect(try await banned.get("/healthz?x").status == 200)
            for path in ["/who", "//healthz", "/healthz/"] { #expect(try await banned.get(path).status == 403) }
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a refusal of HEAD has no body: whoever shares the connection would take it for the next answer`(_ made: Arrangement) async throws
    {
        let embedded = try Embedded(made)
        try await embedded.decide(.ban, .ip("203.0.113.9"))
        try await embedded.decide(.accountBlock, .user("alice"))
        try await embedded.serve { (browser: Browser) async throws in
            for (path, address) in [("/who", "203.0.113.9"), ("/who?as=alice", "203.0.113.10")] {
                let connection = try RawConnection(port: browser.port)
                connection.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: \(address)\r\n\r\n")
                let answer = await connection.answer()
                #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n") && answer.hasSuffix("\r\n\r\n"), "\(answer)")
            }
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `who is on the allowlist passes, at once and in spite of a ban`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            let friend = browser.at("203.0.113.9")
            for _ in 0..<10 { try await friend.get("/sign-in?user=alice&password=wrong") }
            #expect(try await friend.get("/who").status == 403)
            _ = try await embedded.responder.allow(.ip("203.0.113.9"), for: nil, actor: "operator", reason: "a scanner of ours")
            #expect(try await friend.get("/who").status == 200)
            for _ in 0..<20 { try await friend.get("/sign-in?user=alice&password=wrong") }
            #expect(try await friend.get("/who").status == 200)
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `logs in more detail where that was decided, of an address and of a user, and never in less`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.decide(.enhancedLogging, .ip("203.0.113.9"), terms: EffectTerms(level: "trace"))
        try await embedded.decide(.enhancedLogging, .user("alice"), terms: EffectTerms(level: "debug"))
        try await embedded.decide(.enhancedLogging, .user("bob"), terms: EffectTerms(level: "critical"))
        try await embedded.serve(logger: RecordingLog().logger(.info)) { (browser: Browser) async throws in
            #expect(try await browser.at("203.0.113.9").get("/level").text == "trace")
            #expect(try await browser.at("203.0.113.10").get("/level").text == "info")
            #expect(try await browser.at("203.0.113.10").get("/level?as=alice").text == "debug")
            #expect(try await browser.at("203.0.113.9").get("/level?as=alice").text == "trace")
            #expect(try await browser.at("203.0.113.10").get("/level?as=bob").text == "info")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `lets everybody pass before the responder has read its store`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made, patience: .milliseconds(50))
        try await withServer(embedded.router()) { (browser: Browser) async throws in
            #expect(try await browser.at("203.0.113.9").get("/sign-in?user=alice&password=wrong").status == 401)
            #expect(try await browser.at("203.0.113.9").get("/who").status == 200)
        }
    }
}
