import Foundation
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite(.enabled(if: MailStandIn.isAvailable)) struct `a mailer to users` {
    private let password: SecretFile
    private let certificate: TestCertificate
    private let clock = ManualClock(Timestamp(seconds: 1_795_960_800))  // 2026-11-29 14:00
    private let incident = AccountIncident(
        id: "inc-1", summary: "strangers' words", address: "203.0.113.9", at: Timestamp(seconds: 1_795_960_740))
    private var question: AccountMail { .wasThisYou(incident, unlockToken: "abc.d-_", expires: Timestamp(seconds: 1_796_047_200)) }

    init() throws {
        password = try SecretFile("hunter2\n")
        certificate = try TestCertificate()
    }

    private func mailer(
        to server: MailStandIn, address: String? = "{{ user }}@example.org", books: [any MailAddressBook] = [],
        configure: (inout MailerConfiguration) -> Void = { _ in }
    ) throws -> SMTPMailer {
        let host = try #require(MailServer(host: "127.0.0.1", port: server.port))
        var configuration = MailerConfiguration(
            email: EmailConfiguration(
                server: host, from: try #require(MailAddress("Shop <shop@example.org>")), to: [], username: "shop",
                password: password.secret, certificateAuthorities: certificate.path),
            application: "Example Shop", address: address, resetLink: "https://shop.example.org/forgot?user={{ user }}",
            unlockLink: "https://shop.example.org/unlock?token={{ token }}")
        configure(&configuration)
        return try SMTPMailer(configuration, books: books, clock: clock)
    }

    private func server(_ options: String...) throws -> MailStandIn {
        switch options.count {
        case 0: try MailStandIn("--certificate", certificate.path, "--auth", "shop:hunter2")
        default: try MailStandIn("--certificate", certificate.path, "--auth", "shop:hunter2", options[0], options[1])
        }
    }

    @Test func `asks whether it was them, in plain text, with time, address, application and what to do`() async throws {
        let server = try server()
        #expect(try await mailer(to: server).send(question, to: "alice", key: "inc-1:was_this_you:alice") == .sent)
        let mail = try server.next()
        #expect(mail["encrypted"] == true && mail["user"] == "shop" && mail["from"] == "shop@example.org")
        #expect(mail["to"] == ["alice@example.org"])
        #expect(mail["type"] == "text/plain" && mail["parts"]?.array?.count == 1)
        #expect(mail["defects"] == [] && mail["header_defects"] == [] && mail["is_ascii"] == true && mail["bare_line_ends"] == 0)
        #expect(mail.header("Subject") == ["Example Shop: was this you?"])
        #expect(mail.header("From") == ["Shop <shop@example.org>"])
        #expect(mail.header("Date") == ["Sun, 29 Nov 2026 14:00:00 +0000"])
        #expect(mail.header("Auto-Submitted") == ["auto-generated"])
        let text = try #require(mail.part("text/plain"))
        #expect(
            text == """
                Somebody has tried to get into your account alice at Example Shop.

                When: 2026-11-29 13:59:00 UTC
                From the address: 203.0.113.9

                If it was you and you are locked out, open this page and confirm there. It works once, until 2026-11-30 14:00:00 UTC:
                https://shop.example.org/unlock?token=abc.d-_

                If it was not you, there is nothing to do here. Set a new password if somebody else could know yours.
                Nobody who works for Example Shop is going to ask you for a password.
                Reference: inc-1

                """)
        #expect(!text.contains(incident.summary), "an attacker may have had a hand in it")
    }

    @Test func `tells how to set a new password`() async throws {
        let server = try server()
        #expect(try await mailer(to: server).send(.passwordReset(incident), to: "alice", key: "k") == .sent)
        let mail = try server.next()
        #expect(mail.header("Subject") == ["Example Shop: set a new password"])
        #expect(mail.part("text/plain")?.contains("This is where: https://shop.example.org/forgot?user=alice\n") == true)
    }

    @Test func `leaves away the lines about what it does not know, and offers a link only where there is one`() async throws {
        let server = try server()
        let mailer = try mailer(to: server) {
            $0.resetLink = nil
            $0.unlockLink = nil
        }
        let place = AccountIncident(id: "inc-1", summary: "", address: nil, at: clock.now())
        for (index, message) in [question, .wasThisYou(place, unlockToken: nil, expires: clock.now()), .passwordReset(place)].enumerated() {
            #expect(try await mailer.send(message, to: "alice", key: "\(index)") == .sent)
            let text = try #require(try server.next().part("text/plain"))
            #expect(!text.contains("http") && !text.contains("This is where") && !text.contains("It works once") && !text.contains("{{"))
            #expect(text.contains("From the address") == (index == 0))
        }
    }

    @Test func `speaks as the user of Riposte wants it to`() async throws {
        let server = try server()
        let mailer = try mailer(to: server) {
            $0.application = "Läden\r\nBcc: eve@example.net"
            $0.texts.wasThisYou = .init(subject: "{{ application }}: waren Sie das?", body: "Grüße an {{ user }}\n{{ link }}")
        }
        #expect(try await mailer.send(question, to: "alice", key: "k") == .sent)
        let mail = try server.next()
        #expect(mail.header("Subject") == ["Läden Bcc: eve@example.net: waren Sie das?"])
        #expect(mail.header("Bcc") == [] && mail["to"] == ["alice@example.org"])
        #expect(mail.part("text/plain") == "Grüße an alice\nhttps://shop.example.org/unlock?token=abc.d-_\n")
    }

    @Test(arguments: [
        "alice\r\nBcc: eve@example.net", "alice\n", "eve@example.net", "eve%example.net", "example.net!eve", "<eve@example.net> x",
        "-oQ/tmp",
        "a,b", "alice eve", "\"x\"", "alice\0", "jörg", "", String(repeating: "x", count: 100),
    ])
    func `makes no address of a name that could be taken for more`(user: String) async throws {
        let server = try server()
        let outcome = try await mailer(to: server).send(question, to: user, key: user)
        #expect(outcome == .cannot("there is no mail address: the name makes none", .permanent))
        let alone = try await mailer(to: server, address: "{{ user }}").send(question, to: user, key: user)
        #expect(alone == (user == "eve@example.net" ? .sent : outcome), "there names are addresses")
    }

    @Test func `writes where an address book says, and makes an address only where none knows one`() async throws {
        let server = try server()
        let books = [Book("empty", nil), Book("shop", "Alice Example <al@example.com>"), Book("later", "other@example.com")]
        #expect(try await mailer(to: server, books: books).send(question, to: "alice\r\nBcc: eve", key: "1") == .sent)
        let mail = try server.next()
        #expect(mail["to"] == ["al@example.com"] && mail.header("To") == ["Alice Example <al@example.com>"] && mail.header("Bcc") == [])
        #expect(mail.part("text/plain")?.contains("your account alice Bcc: eve at Example Shop") == true)
        #expect(try await mailer(to: server, books: [Book("empty", nil)]).send(question, to: "alice", key: "2") == .sent)
        #expect(try server.next()["to"] == ["alice@example.org"])
        let nowhere = try await mailer(to: server, address: nil, books: [Book("a", nil), Book("b", nil)]).send(question, to: "x", key: "3")
        #expect(nowhere == .cannot("there is no mail address: no account directory has one (a, b)", .permanent))
        let nothing = try await mailer(to: server, address: nil).send(question, to: "x", key: "3")
        #expect(nothing == .cannot("there is no mail address: nothing tells any", .permanent))
    }

    @Test func `does not guess while a book that may know is down, and says which`() async throws {
        let server = try server()
        let down = Book("down", nil, DirectoryFailure(.transient, "no answer"))
        let mailer = try mailer(to: server, books: [down])
        #expect(
            try await mailer.send(question, to: "alice", key: "k") == .cannot("the address is not known: down: no answer", .transient))
        let another = try self.mailer(to: server, books: [down, Book("shop", "al@example.com")])
        #expect(try await another.send(question, to: "a", key: "k") == .sent)
        #expect(
            try await self.mailer(to: server, books: [Book("shop", "al@x, eve@y")]).send(question, to: "alice", key: "k")
                == .cannot("what shop has for alice is not a mail address", .permanent))
    }

    @Test(arguments: [
        ("550 5.1.1 no such user", FailureKind.permanent, "refused alice@example.org (550 5.1.1 no such user)"),
        ("451 4.7.1 try later", .transient, "put off alice@example.org (451 4.7.1 try later)"),
    ])
    func `fails in the server's words where mail bounces`(answer: String, kind: FailureKind, words: String) async throws {
        let server = try server("--recipient", "alice@example.org=\(answer)")
        let mailer = try mailer(to: server)
        for _ in 1...2 {
            let outcome = try await mailer.send(question, to: "alice", key: "k")
            #expect(outcome == .cannot("127.0.0.1:\(server.port) \(words)", kind))
        }
        #expect(try await mailer.send(question, to: "bob", key: "other") == .sent)
    }

    @Test func `keeps the link out of the record, also where the server repeats it`() async throws {
        let server = try server("--data", "554 5.7.1 spam: https://shop.example.org/unlock?token=abc.d-_")
        let outcome = try await mailer(to: server).send(question, to: "alice", key: "k")
        let words = "554 5.7.1 spam: https://shop.example.org/unlock?token=…"
        #expect(outcome == .cannot("127.0.0.1:\(server.port) answered \(words) to the message", .permanent))
    }

    @Test func `never tells the password, nor goes on without it`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--auth", "shop:another")
        let outcome = try await mailer(to: server).send(question, to: "alice", key: "k")
        #expect(outcome == .cannot("127.0.0.1:\(server.port) answered 535 to the user name and password", .permanent))
        let missing = try mailer(to: server) { $0.email.password = .environment("RIPOSTE_TEST_NOT_SET") }
        #expect(
            try await missing.send(question, to: "alice", key: "k")
                == .cannot("the secret environment:RIPOSTE_TEST_NOT_SET is not set", .transient))
    }

    @Test func `sends the same mail for the same key, and others for others`() async throws {
        let server = try server()
        for key in ["inc-1:was_this_you:alice", "inc-1:was_this_you:alice", "inc-2:was_this_you:alice"] {
            #expect(try await mailer(to: server).send(question, to: "alice", key: key) == .sent)
        }
        let ids = try (1...3).flatMap { _ in try server.next().header("Message-ID") }
        #expect(ids.count == 3 && ids[0] == ids[1] && ids[1] != ids[2], "\(ids)")
    }

    @Test func `keeps the contract of the actions that use it`() async throws {
        let server = try server()
        let (store, board, directory) = (InMemoryStore(), DecisionBoard(clock: clock), InMemoryAccountDirectory())
        let accounts = AccountDirectories([directory], decisions: board, isObeyed: true)
        let tokens = try UnlockTokens(secret: Array(repeating: 7, count: 32))
        let mailer = try mailer(to: server)
        let notify = ActionContract(
            NotifyUser(mailer: mailer, tokens: tokens, store: store), target: .user("alice"), now: clock.now(), state: { "" })
        #expect(try await notify.findings() == [])
        let reset = ActionContract(
            ForcePasswordReset(accounts: accounts, mailer: mailer, store: store), target: .user("alice"), now: clock.now()
        ) { "\(directory.restrictions(on: "alice")) \(board.snapshot.all.map { "\($0.target) \($0.type)" })" }
        #expect(try await reset.findings() == [])
    }

    @Test(
        arguments: [
            ("ann@example.org", nil, nil, "the address of users: this makes no mail addresses of names"),
            ("{{ user }} at example.org", nil, nil, "the address of users: this makes no mail addresses of names"),
            (
                nil, "https://{{ token }}.example.org", nil,
                "the unlock link: scheme, host and port of the URL are to be written out, without a template"
            ),
            (nil, nil, "{{ pasword }}", "in the text of a mail there is no {{ pasword }}"),
        ] as [(String?, String?, String?, String)])
    func `is not made of what cannot work`(address: String?, link: String?, body: String?, said: String) throws {
        let server = try server()
        let error = #expect(throws: UnusableEmail.self) {
            try mailer(to: server, address: address) { configuration in
                if let link { configuration.unlockLink = link }
                if let body { configuration.texts.passwordReset.body = body }
            }
        }
        #expect(error?.description == said)
    }
}

/// One answer for everybody.
private struct Book: MailAddressBook {
    let name: DirectoryName
    let address: String?
    let failure: DirectoryFailure?

    init(_ name: DirectoryName, _ address: String?, _ failure: DirectoryFailure? = nil) {
        (self.name, self.address, self.failure) = (name, address, failure)
    }

    func mailAddress(of user: String) async throws -> String? {
        if let failure { throw failure }
        return address
    }
}
