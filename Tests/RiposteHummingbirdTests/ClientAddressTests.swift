import Riposte
import RiposteChannels
import Testing

@Suite struct `a client's address over HTTP` {
    @Test(arguments: Arrangement.allCases)
    func `is what the last declared proxy has seen`(_ made: Arrangement) async throws {
        try await Embedded(made).serve { (browser: Browser) async throws in
            func address(_ header: String) async throws -> String { try await browser.get("/address", ["X-Forwarded-For": header]).text }
            #expect(try await address("203.0.113.9") == "203.0.113.9")
            #expect(try await address("198.51.100.1, 203.0.113.9") == "203.0.113.9")
            #expect(try await address("203.0.113.9, 127.0.0.1") == "203.0.113.9")
            #expect(try await browser.get("/address").text == "127.0.0.1")
        }
    }

    @Test(arguments: Arrangement.allCases)
    func `a header that the client has made up changes nothing`(_ made: Arrangement) async throws {
        let embedded = try Embedded(made)
        try await embedded.serve { (browser: Browser) async throws in
            for number in 0..<10 {
                let made = ["X-Forwarded-For": "198.51.100.\(number), 203.0.113.9", "Forwarded": "for=192.0.2.\(number)"]
                #expect(try await browser.get("/sign-in?user=alice&password=wrong", made).status == 401)
            }
            #expect(try await browser.get("/who", ["X-Forwarded-For": "198.51.100.99, 203.0.113.9"]).status == 403)
            #expect(try await browser.get("/who", ["X-Forwarded-For": "198.51.100.5"]).status == 200)
            #expect(try await browser.get("/address", ["X-Forwarded-For": String(repeating: ",", count: 8192)]).text == "127.0.0.1")
        }
        #expect(embedded.decisions.snapshot.all.map(\.target) == [.ip("203.0.113.9")])
    }
}
