import Logging
import Riposte
import RiposteChannels
import RiposteTesting
import Synchronization
import Testing

@testable import HummingbirdApp

@Suite struct `the example's pages` {
    private let alice = RunningSite.alice
    private let password = RunningSite.password

    @Test func `one signs in, is known, and signs out`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            #expect(try await visitor.who() == "nobody")
            #expect(try await visitor.signIn(alice, password) == "303 /")
            #expect(try await visitor.who() == alice)
            #expect(try await visitor.submit("/", [:], to: "/sign-out").status == 303)
            #expect(try await visitor.who() == "nobody")
        }
    }

    @Test func `cookies are out of a script's reach, and forms of other sites are refused`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            let page = try await visitor.browser.get("/sign-in")
            let cookie = try #require(page.fields["set-cookie"])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            #expect(page.fields["content-security-policy"]?.contains("default-src 'none'") == true)
            let form = ["email": alice, "password": password]
            #expect(try await visitor.browser.post("/sign-in", form).status == 403)
            #expect(try await visitor.browser.post("/sign-in", form.merging(["seal": "A"]) { a, _ in a }).status == 403)
            let other = site.visitor("192.0.2.10")
            try await other.browser.get("/sign-in")
            let foreign = site.site.forms.seal(other.browser.cookies[site.site.forms.cookie] ?? "")
            #expect(try await visitor.browser.post("/sign-in", form.merging(["seal": foreign]) { a, _ in a }).status == 403)
        }
    }

    @Test func `nobody learns who has an account`() async throws {
        let log = RecordingLog()
        try await withSite(logger: log.logger(.info)) { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            func words(_ page: String, _ email: String, _ password: String = "wrong wrong wrong") async throws -> String {
                let answer = try await visitor.submit(page, ["email": email, "password": password])
                return "\(answer.status) " + answer.text.replacing(/value="[A-Z2-7]+"/, with: "")
            }
            #expect(try await words("/sign-in", alice) == words("/sign-in", "nobody@example.org"))
            #expect(try await words("/forgot", alice) == words("/forgot", "nobody@example.org"))
            #expect(try await words("/sign-up", alice) == words("/sign-up", "new@example.org"))
            while !log.lines.contains(where: { $0.message.hasPrefix("no mail") && $0.metadata["to"] == "nobody@example.org" }) {
                await Task.yield()
            }
            #expect(!site.site.mailbox.letters.contains { $0.to == "nobody@example.org" })
        }
    }

    @Test func `a link sets one password, once, and ends the sessions`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let (old, owner) = (site.visitor("192.0.2.10"), site.visitor("192.0.2.11"))
            try await old.signIn(alice, password)
            let other = try await owner.askForLink("/forgot", alice)
            let link = try await owner.askForLink("/forgot", alice)
            try await owner.setPassword("another horse battery", mailedTo: alice)
            #expect(try await old.who() == "nobody")
            #expect(try await owner.signIn(alice, password) == "401")
            #expect(try await owner.signIn(alice, "another horse battery") == "303 /")
            #expect(link != other)
            for used in [link, other] { #expect(try await owner.browser.get(used).status == 410) }
            #expect(try await owner.browser.get("/password?link=made-up").status == 410)
        }
    }

    @Test func `a sign-in that began with the old password, or before there was a second factor, ends as nobody's`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let owner = site.visitor("192.0.2.11")
            let before = try #require(site.site.users[alice])
            try await owner.askForLink("/forgot", alice)
            try await owner.setPassword("another horse battery", mailedTo: alice)
            let after = try #require(site.site.users[alice])
            let known = try #require(site.site.begin(after, isWaiting: false))
            #expect(site.site.sessions.session(known)?.user == alice)
            #expect(site.site.begin(before, isWaiting: false) == nil)
            try await owner.signIn(alice, "another horse battery")
            try await owner.setUpFactor(alice)
            #expect(site.site.begin(after, isWaiting: false) == nil)
        }
    }

    @Test func `a second factor is asked for at the next sign-in, a code works once, and five wrong ones end the session`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            try await visitor.signIn(alice, password)
            #expect(try await visitor.setUpFactor(alice) == "303 /")
            let secret = try #require(site.site.users[alice]?.secret)
            let used = OneTimeCode(secret: secret).code(step: site.site.users[alice]?.lastStep ?? 0)

            let other = site.visitor("192.0.2.11")
            #expect(try await other.signIn(alice, password) == "303 /second-factor")
            #expect(try await other.who() == "nobody")
            #expect(try await other.enterCode(used) == "401")
            #expect(try await other.enterFreshCode(alice) == "303 /")
            #expect(try await other.who() == alice)

            let guesser = site.visitor("192.0.2.12")
            try await guesser.signIn(alice, password)
            for _ in 0..<4 { #expect(try await guesser.enterCode("abcdef") == "401") }
            #expect(try await guesser.enterCode("abcdef") == "303 /sign-in")
            #expect(try await guesser.enterFreshCode(alice) == "303 /sign-in")
        }
    }

    @Test func `of many wrong codes at once five are looked at and no more`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            try await visitor.signIn(alice, password)
            #expect(try await visitor.setUpFactor(alice) == "303 /")
            let guesser = site.visitor("192.0.2.12")
            try await guesser.signIn(alice, password)
            let seal = site.site.forms.seal(guesser.browser.cookies[site.site.forms.cookie] ?? "")
            let before = site.site.security.counts.reported
            let answers = try await atOnce(20) { _ in
                try await guesser.browser.post("/second-factor", ["code": "abcdef", "seal": seal]).status
            }
            #expect(answers.sorted() == Array(repeating: 303, count: 16) + Array(repeating: 401, count: 4))
            #expect(site.site.security.counts.reported - before == 5)
        }
        let book = SessionBook()
        let session = try #require(book.session(book.begin(alice, isWaiting: true)))
        #expect(try await atOnce(100) { _ in book.useTry(session.id) }.compactMap(\.self).sorted() == [0, 1, 2, 3, 4])
    }

    @Test func `an account keeps its second factor, whatever another browser was offered meanwhile`() {
        let users = UserBook()
        users.set(PasswordHash("correct horse", rounds: 1), of: alice)
        let (first, second) = (OneTimeCode.newSecret(), OneTimeCode.newSecret())
        #expect(users.accept(OneTimeCode(secret: first).code(at: 1_000_000), first, of: alice, at: 1_000_000))
        #expect(!users.accept(OneTimeCode(secret: second).code(at: 1_000_060), second, of: alice, at: 1_000_060))
        #expect(users[alice]?.secret == first)
    }

    @Test func `an account is one, however its name is written, and mail goes to its own address`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let (composed, decomposed) = ("jos\u{E9}@example.org", "jose\u{301}@example.org")
            let visitor = site.visitor("192.0.2.10")
            try await visitor.signUp(composed, password: password)
            try await visitor.askForLink("/forgot", decomposed)
            #expect(site.site.mailbox.letters.last.map { Array($0.to.utf8) } == Array(composed.utf8))
            let attacker = site.visitor("203.0.113.9")
            for _ in 0..<10 { try await attacker.signIn(decomposed, "wrong wrong wrong") }
            await site.site.security.settle()
            await site.site.responder.waitForRuns()
            let effects = try await site.site.responder.store.effects(EffectQuery())
            #expect(effects.filter { $0.kind == .accountLock }.map { Array($0.target.value.utf8) } == [Array(composed.utf8)])
        }
    }

    @Test(arguments: ["a\u{85}b", "a\u{9B}31mb", "a\u{2028}b", "a\u{202E}b", "a b", "a,b", "a;b", "<b>", "\"b\"", "a\u{600}<"])
    func `what is no address gets no mail and stands in no log`(_ name: String) {
        #expect(Site.isAddress("jos\u{E9}+b@example.org"))
        #expect(!Site.isAddress(name + "@example.org"))
    }

    @Test func `a stranger fills nobody's mailbox`() async throws {
        let log = RecordingLog()
        try await withSite(logger: log.logger(.info)) { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            let before = site.site.mailbox.letters.count
            for _ in 0..<8 { #expect(try await visitor.submit("/forgot", ["email": alice]).status == 200) }
            while site.site.mailbox.letters.count - before + log.lines.count(where: { $0.message.hasPrefix("no mail") }) < 8 {
                await Task.yield()
            }
            #expect(site.site.mailbox.letters.count - before == 3)
            let reset = AccountMail.passwordReset(AccountIncident(id: "inc-1", summary: "", address: nil, at: Timestamp(seconds: 0)))
            #expect(site.site.mailbox.send(reset, to: alice, key: "k") == .sent, "what Riposte writes goes out nevertheless")
            try await visitor.setPassword("another horse battery", mailedTo: alice)
        }
    }

    @Test func `strangers who ask for links without end keep nobody who has an account from the mail`() {
        let mailbox = Mailbox(logger: .quiet, capacity: 5)
        let sent = (0..<9).filter { mailbox.sendLink(.password, to: "\($0)@example.org", isStrangers: true, subject: "", limit: 3) }
        #expect(sent == Array(0..<5))
        #expect(mailbox.sendLink(.password, to: alice, subject: "", limit: 3))
        let reset = AccountMail.passwordReset(AccountIncident(id: "inc-1", summary: "", address: nil, at: Timestamp(seconds: 0)))
        #expect(mailbox.send(reset, to: alice, key: "k") == .sent)
    }

    @Test func `the admin page is there for administrators with a second factor, and for nobody else`() async throws {
        try await withSite { (site: RunningSite) async throws in
            let visitor = site.visitor("192.0.2.10")
            #expect(try await visitor.browser.get("/admin").status == 404)
            try await visitor.signIn(alice, password)
            #expect(try await visitor.browser.get("/admin").status == 404)
            try await visitor.submit("/", [:], to: "/sign-out")
            #expect(try await visitor.signIn(RunningSite.admin, password) == "303 /")
            #expect(try await visitor.browser.get("/admin").fields["location"] == "/second-factor")
            #expect(try await visitor.enterFreshCode(RunningSite.admin) == "no secret", "the password alone sets none up")
            #expect(try await visitor.setUpFactor(RunningSite.admin) == "303 /")
            #expect(try await visitor.browser.get("/admin").status == 200)
            #expect(try await visitor.submit("/", ["incident": "inc-none"], to: "/admin/undo").status == 404)
        }
    }

    @Test func `what strangers type is escaped`() {
        let typed = "<script>alert('1')</script>&\""
        #expect(("<b>\(typed)</b>" as HTML).text == "<b>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;</b>")
        // Beside such neighbours each of them is a part of another character.
        for (sign, escape) in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")] {
            #expect(Array(("\("\u{600}" + sign)" as HTML).text.utf8) == Array(("\u{600}" + escape).utf8))
            #expect(Array(("\(sign + "\u{301}")" as HTML).text.utf8) == Array((escape + "\u{301}").utf8))
        }
    }
}

@Suite struct `the example's secrets` {
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ])
    func `codes are those of RFC 6238`(seconds: Int64, code: String) {
        let generator = OneTimeCode(secret: Array("12345678901234567890".utf8), digits: 8)
        #expect(generator.code(at: seconds) == code)
        #expect(generator.step(of: code, at: seconds + 30, after: 0) != nil)
        #expect(generator.step(of: code, at: seconds + 90, after: 0) == nil)
        #expect(generator.step(of: code, at: seconds, after: OneTimeCode.step(at: seconds)) == nil)
    }

    @Test func `passwords are derived as RFC 7914 says, and match themselves alone`() async {
        let key = PasswordHash.derive(Array("passwd".utf8), salt: Array("salt".utf8), rounds: 1, length: 64)
        #expect(
            hex(key)
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        )
        let slow = PasswordHash.derive(Array("Password".utf8), salt: Array("NaCl".utf8), rounds: 1000, length: 32)
        #expect(hex(slow) == "c27dad0abae39af4ebb9965719d584e8b4eb2ee69e1fc9f8f4784d1ca68696e2")
        let hash = PasswordHash("correct horse", rounds: 10)
        for (text, isRight) in [("correct horse", true), ("correct horsf", false), ("", false)] {
            #expect(await hash.matches(text) == isRight)
        }
        #expect(PasswordHash("correct horse", rounds: 10) != hash)
    }

    @Test func `while passwords are computed other work goes on`() async {
        let (hash, done) = (PasswordHash("correct horse", rounds: 30_000), Tally())
        await withDiscardingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    _ = await hash.matches("correct horse")
                    done.add()
                }
            }
            await Task.detached {}.value
            #expect(done.count < 8, "it has waited for them")
        }
    }

    @Test func `Base32 is that of RFC 4648`() {
        #expect(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map { Base32.text(Array($0.utf8)) } == [
                "", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI",
            ])
    }

    private func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

private final class Tally: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .acquiring) }
    func add() { value.add(1, ordering: .acquiringAndReleasing) }
}
