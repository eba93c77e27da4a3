import Foundation
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite(.enabled(if: MailStandIn.isAvailable)) struct `an e-mail channel` {
    private let password: SecretFile
    private let certificate: TestCertificate

    init() throws {
        password = try SecretFile("hunter2\n")
        certificate = try TestCertificate()
    }

    private func channel(
        to server: MailStandIn, _ tls: MailServer.Encryption = .startTLS, host: String = "127.0.0.1",
        recipients: [String] = ["ann@example.org"],
        signsIn: Bool = false, trusts: Bool = true, timeout: Duration = .seconds(20)
    ) throws -> EmailChannel {
        let server = try #require(MailServer(host: host, port: server.port, encryption: tls))
        return try EmailChannel(
            EmailConfiguration(
                server: server, from: try #require(MailAddress("Riposte <riposte@example.org>")),
                to: recipients.compactMap { MailAddress($0) },
                username: signsIn ? "riposte" : nil, password: signsIn ? password.secret : nil,
                certificateAuthorities: trusts ? certificate.path : nil, timeout: timeout))
    }

    private func deliver(_ channel: EmailChannel) async -> DeliveryFailure? { await deliver(.example(), channel) }

    private func deliver(_ notification: Riposte.Notification, _ channel: EmailChannel) async -> DeliveryFailure? {
        await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    @Test func `sends text and HTML, encrypted, after signing in`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--auth", "riposte:hunter2")
        let channel = try channel(to: server, recipients: ["ann@example.org", "Bob <bob@example.org>"], signsIn: true)
        let receipt = try await channel.deliver(
            .example(body: "12 failures in 60 s.\nLook.", link: "https://riposte.example/i/inc-1?a=b&c=d"))
        #expect(receipt.message == "127.0.0.1:\(server.port) took it for ann@example.org, bob@example.org")
        let mail = try server.next()
        #expect(mail["encrypted"] == true)
        #expect(mail["user"] == "riposte")
        #expect(mail["from"] == "riposte@example.org")
        #expect(mail["to"] == ["ann@example.org", "bob@example.org"])
        #expect(mail["type"] == "multipart/alternative")
        #expect(mail["defects"] == [] && mail["header_defects"] == [])
        #expect(mail["parts"]?.array?.map { $0["type"] } == ["text/plain", "text/html"])
        #expect(mail.header("From") == ["Riposte <riposte@example.org>"])
        #expect(mail.header("To") == ["ann@example.org, Bob <bob@example.org>"])
        #expect(mail.header("Subject") == ["[high] Brute force from 203.0.113.9"])
        #expect(mail.header("Date") == ["Fri, 20 Nov 2026 12:00:00 +0000"])
        #expect(mail.header("Message-ID") == ["<ntf-1@example.org>"])
        #expect(mail.header("References") == ["<inc-1@example.org>"])
        #expect(mail.header("Auto-Submitted") == ["auto-generated"])
        #expect(mail.header("X-Riposte-Incident") == ["inc-1"])
        let text = try #require(mail.part("text/plain"))
        #expect(
            text.hasPrefix(
                "Brute force from 203.0.113.9\n\n12 failures in 60 s.\nLook.\n\nip: 203.0.113.9\n\nhttps://riposte.example/i/inc-1?a=b&c=d\n"
            ))
        let html = try #require(mail.part("text/html"))
        #expect(html.contains("<h2>Brute force from 203.0.113.9</h2>") && html.contains("12 failures in 60 s.<br>\nLook."))
        #expect(html.contains("<a href=\"https://riposte.example/i/inc-1?a=b&amp;c=d\">"))
    }

    @Test func `is encrypted from the first byte where that is set, and speaks plainly to this machine where that is`() async throws {
        let implicit = try MailStandIn("--certificate", certificate.path, "--tls", "implicit", "--auth", "riposte:hunter2")
        #expect(await deliver(try channel(to: implicit, .implicit, signsIn: true)) == nil)
        #expect(try implicit.next()["encrypted"] == true)
        let plain = try MailStandIn("--tls", "none")
        #expect(await deliver(try channel(to: plain, .none, host: "localhost", trusts: false)) == nil)
        #expect(try plain.next()["encrypted"] == false)
    }

    @Test func `never goes on in the clear where encryption was asked for`() async throws {
        let plain = try MailStandIn("--tls", "none", "--auth", "riposte:hunter2")
        let error = try #require(await deliver(try channel(to: plain, signsIn: true)))
        #expect(error.message == "127.0.0.1:\(plain.port) offers no STARTTLS, and without encryption nothing is sent")
        #expect(error.kind == .transient)
        let server = try #require(MailServer(host: "mail.example.org", encryption: .none))
        let sender = try #require(MailAddress("riposte@example.org"))
        let unusable = #expect(throws: UnusableEmail.self) {
            try EmailChannel(
                EmailConfiguration(server: server, from: sender, to: [sender], username: "riposte", password: password.secret))
        }
        #expect(unusable?.description == "the password would go to mail.example.org:25 in the clear")
    }

    @Test func `trusts no certificate that it was not told to trust, and none for another name`() async throws {
        let server = try MailStandIn("--certificate", certificate.path)
        for (host, trusts) in [("127.0.0.1", false), ("localhost", true)] {
            let error = try #require(await deliver(try channel(to: server, host: host, trusts: trusts)))
            #expect(error.message.hasPrefix("no trusted connection to \(host):\(server.port): "))
            #expect(error.kind == .transient)
        }
    }

    @Test func `goes to this machine only where that is written, and to no other refused address`() async throws {
        let client = try #require(MailServer(host: "169.254.169.254", port: 25))
        let sender = try #require(MailAddress("riposte@example.org"))
        let error = try #require(await deliver(try EmailChannel(EmailConfiguration(server: client, from: sender, to: [sender]))))
        #expect(error.kind == .permanent)
        #expect(error.message.contains("a cloud's metadata address, which is not connected to unless it is listed"))
        // A loopback address that does not say so.
        let hidden = try #require(MailServer(host: "0.0.0.0", port: 25))
        #expect(await deliver(try EmailChannel(EmailConfiguration(server: hidden, from: sender, to: [sender])))?.kind == .permanent)
    }

    @Test func `is refused for good with a wrong password, and tells it to nobody`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--auth", "riposte:other")
        let error = try #require(await deliver(try channel(to: server, signsIn: true)))
        #expect(error.kind == .permanent)
        #expect(error.message == "127.0.0.1:\(server.port) answered 535 to the user name and password")
        var shown = ""
        dump(error, to: &shown)
        for secret in ["hunter2", Data("hunter2".utf8).base64EncodedString(), Data("\0riposte\0hunter2".utf8).base64EncodedString()] {
            #expect(!shown.contains(secret))
        }
    }

    @Test func `does not bring a password into the record that a server repeats, at whatever point`() async throws {
        let server = try MailStandIn(
            "--certificate", certificate.path, "--auth", "riposte:hunter2", "--data", "451 4.3.0 hunter2 is busy",
            "--recipient", "gone@example.org=550 5.1.1 \(Data("hunter2".utf8).base64EncodedString())")
        let channel = try channel(to: server, recipients: ["gone@example.org", "ann@example.org"], signsIn: true)
        #expect(await deliver(channel)?.message == "127.0.0.1:\(server.port) answered 451 to the message")
        let receipt = try await channel.deliver(.example())
        #expect(receipt.message == "127.0.0.1:\(server.port) took it for ann@example.org; refused gone@example.org (550)")
    }

    @Test func `waits for a password that is not there yet`() async throws {
        let server = try #require(MailServer(host: "127.0.0.1", port: 1))
        let sender = try #require(MailAddress("riposte@example.org"))
        let channel = try EmailChannel(
            EmailConfiguration(server: server, from: sender, to: [sender], username: "riposte", password: .file("/nowhere/mail")))
        let error = await deliver(channel)
        #expect(error?.message == "the secret file:/nowhere/mail cannot be opened: no such file")
        #expect(error?.kind == .transient)
    }

    @Test func `tries again after 4xx, as the same mail, and gives up after 5xx in the server's words`() async throws {
        let server = try MailStandIn(
            "--certificate", certificate.path, "--data", "451 4.3.0 busy\tnow", "--data", "554 5.7.1 looks like spam")
        let channel = try channel(to: server)
        let busy = try #require(await deliver(channel))
        #expect(busy.kind == .transient)
        #expect(busy.message == "127.0.0.1:\(server.port) answered 451 4.3.0 busy now to the message")
        let spam = try #require(await deliver(channel))
        #expect(spam.kind == .permanent)
        #expect(spam.message == "127.0.0.1:\(server.port) answered 554 5.7.1 looks like spam to the message")
        #expect(await deliver(channel) == nil)
        let mails = try (0..<3).map { _ in try server.next() }
        #expect(Set(mails.map { $0.header("Message-ID") }) == [["<ntf-1@example.org>"]])
        #expect(Set(mails.map { $0["headers"] }).count == 1)
    }

    @Test func `reaches those who can be reached, names those who are refused`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--recipient", "gone@example.org=550 5.1.1 no such user")
        let channel = try channel(to: server, recipients: ["gone@example.org", "ann@example.org"])
        let receipt = try await channel.deliver(.example())
        #expect(
            receipt.message == "127.0.0.1:\(server.port) took it for ann@example.org; refused gone@example.org (550 5.1.1 no such user)")
        let other = try self.channel(to: server, recipients: ["gone@example.org"])
        let error = try #require(await deliver(other))
        #expect(error.kind == .permanent)
        #expect(error.message == "127.0.0.1:\(server.port) refused gone@example.org (550 5.1.1 no such user)")
    }

    @Test func `tries again those who were put off, and them alone`() async throws {
        let server = try MailStandIn(
            "--certificate", certificate.path, "--once", "bob@example.org=450 4.2.1 later", "--recipient", "gone@example.org=550 5.1.1 who")
        let channel = try channel(to: server, recipients: ["ann@example.org", "bob@example.org", "gone@example.org"])
        let error = try #require(await deliver(channel))
        #expect(error.kind == .transient)
        #expect(
            error.message
                == "127.0.0.1:\(server.port) took it for ann@example.org; refused gone@example.org (550 5.1.1 who); put off bob@example.org (450 4.2.1 later)"
        )
        #expect(error.settled.map(\.recipient) == ["ann@example.org", "gone@example.org"])
        #expect(error.settled.map(\.isReached) == [true, false])
        let receipt = try await channel.deliver(.example(), settled: error.settled)
        #expect(
            receipt.message
                == "127.0.0.1:\(server.port) took it for ann@example.org, bob@example.org; refused gone@example.org (550 5.1.1 who)")
        var taken: [JSONValue?] = []
        while taken.count < 2 {
            let record = try server.next()
            if record["headers"] != nil { taken.append(record["to"]) }
        }
        #expect(taken == [["ann@example.org"], ["bob@example.org"]])
        // The header names everybody each time.
        _ = try await channel.deliver(.example())
    }

    @Test func `says where a server hangs or hangs up, and whether the mail may have arrived`() async throws {
        let cases: [(option: String, stage: String, kind: FailureKind, message: String)] = [
            ("--hang", "ehlo", .transient, "timed out, in the middle of the greeting"),
            ("--hang", "data", .unknown, "timed out; it had been sent"),
            ("--close", "ehlo", .transient, "ended in the middle of the greeting"),
            ("--close", "data", .unknown, "ended in the middle of the message"),
        ]
        for (option, stage, kind, message) in cases {
            let server = try MailStandIn("--certificate", certificate.path, option, stage)
            let error = try #require(await deliver(try channel(to: server, timeout: option == "--hang" ? .seconds(2) : .seconds(20))))
            #expect(error.kind == kind)
            #expect(error.message.hasSuffix(message), "\(error.message)")
        }
        let gone = try MailStandIn("--certificate", certificate.path, "--greeting", "554 go away")
        #expect(await deliver(try channel(to: gone)) != nil)
    }

    @Test func `is not held up by a mail that the server takes long to answer`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--together", "4")
        let channel = try channel(to: server, timeout: .seconds(60))
        let failures = await withTaskGroup(of: DeliveryFailure?.self) { group in
            for number in 1...4 { group.addTask { await deliver(.example(id: "ntf-\(number)"), channel) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failures == [nil, nil, nil, nil])
    }

    @Test func `does not wait for the good-bye`() async throws {
        let server = try MailStandIn("--certificate", certificate.path, "--hang", "quit")
        let channel = try channel(to: server)
        for _ in 0..<3 {
            let receipt = try await channel.deliver(.example())
            #expect(receipt.message.contains("took it for ann@example.org"))
        }
    }

    @Test(
        arguments: [
            "x\r\nBcc: victim@example.org", "x\nX-Evil: 1", "=?UTF-8?B?ZXZpbA==?= =?x", "<script>alert('1')</script> & \"co\"",
            "ünïcödé \u{202E}\u{0}\u{85}👍🏽",
            String(repeating: "long ", count: 400), ".", "From here", "a\r\n.\r\nQUIT", String(repeating: "é", count: 300),
        ]) func `lets nobody's name change the mail`(name: String) async throws
    {
        let server = try MailStandIn("--certificate", certificate.path)
        var notification = Riposte.Notification.example(title: name, body: name, facts: [(name, name)], link: "javascript:alert(1)")
        notification.id = name
        notification.incidentID = name
        #expect(await deliver(notification, try channel(to: server)) == nil)
        let mail = try server.next()
        #expect(mail["defects"] == [] && mail["header_defects"] == [])
        #expect(mail["bare_line_ends"] == 0 && mail["is_ascii"] == true)
        #expect(try #require(mail["longest_line"]?.int) <= 78)
        #expect(mail["to"] == ["ann@example.org"])
        let names = (mail["headers"]?.array ?? []).compactMap { $0.array?.first?.string }
        #expect(
            names == [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "References", "X-Riposte-Incident", "X-Riposte-Kind",
                "X-Riposte-Severity", "MIME-Version", "Content-Type",
            ])
        let shown = String(PlainText.line(name).prefix(200)).trimmingCharacters(in: .whitespaces)
        let subject = try #require(mail.header("Subject").first)
        #expect(subject.hasPrefix("[high] " + shown), "\(subject)")
        let text = try #require(mail.part("text/plain"))
        #expect(text.contains(PlainText.lines(name)) || name.count > 250)
        let html = try #require(mail.part("text/html"))
        #expect(!html.contains("<script") && !html.contains("javascript"))
    }
}
