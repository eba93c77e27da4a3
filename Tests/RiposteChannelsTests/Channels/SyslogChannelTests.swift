import Foundation
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite(.enabled(if: SyslogStandIn.isAvailable, "python3 and openssl are needed"))
struct `a syslog channel` {
    private func channel(
        _ port: UInt16, _ transport: SyslogServer.Transport, host: String = "127.0.0.1", size: Int? = nil, authorities: String? = nil,
        facility: SyslogConfiguration.Facility = .local0
    ) throws -> SyslogChannel {
        let server = try #require(SyslogServer(host: host, port: port, transport: transport))
        return SyslogChannel(
            SyslogConfiguration(
                server: server, facility: facility, hostname: "web01", maximumSize: size, certificateAuthorities: authorities))
    }

    private func deliver(_ notification: Riposte.Notification = .example(), through channel: SyslogChannel) async -> DeliveryFailure? {
        await failure { () throws(DeliveryFailure) in try await channel.deliver(notification) }
    }

    @Test(arguments: [SyslogServer.Transport.udp, .tcp])
    func `sends what RFC 5424 says`(transport: SyslogServer.Transport) async throws {
        let server = try SyslogStandIn(transport.rawValue)
        let channel = try channel(server.port, transport)
        let receipt = try await channel.deliver(.example())
        #expect(receipt.message == "sent to 127.0.0.1:\(server.port) over \(transport.rawValue.uppercased())")
        var seen = try #require(try server.next().object)
        seen["size"] = nil
        let data: JSONValue = [
            "riposte@32473": [["id", "ntf-1"], ["incident", "inc-1"], ["kind", "opened"], ["severity", "high"]],
            "facts@32473": [["ip", "203.0.113.9"]],
        ]
        let expected: [String: JSONValue] = [
            "facility": 16, "severity": 3, "time": "2026-11-20T12:00:00Z", "host": "web01", "app": "riposte", "process": "-",
            "kind": "opened", "data": data, "text": "Brute force from 203.0.113.9: 12 failures in 60 s.",
        ]
        #expect(seen == expected)
        #expect(channel.follows == [.acknowledged, .resolved])
    }

    @Test(arguments: zip(Severity.allCases, [6, 5, 4, 3, 2]))
    func `has syslog's own severities`(severity: Severity, number: Int64) async throws {
        let server = try SyslogStandIn("udp")
        let channel = try channel(server.port, .udp, facility: .authpriv)
        #expect(await deliver(.example(severity: severity), through: channel) == nil)
        let seen = try server.next()
        #expect(seen["severity"]?.int == number && seen["facility"] == 10)
        #expect(await deliver(.example(severity: severity, kind: .resolved), through: channel) == nil)
        #expect(try server.next()["severity"] == 5)
    }

    @Test(arguments: [#"a"b\c]d"#, #"" evil="1"] [x@1 y="2""#, "a\nb<34>1 - - - - - -", "é👍🏽漢", #"\"#, ""])
    func `lets nobody's name write a line or data of its own`(name: String) async throws {
        for transport in [SyslogServer.Transport.udp, .tcp] {
            let server = try SyslogStandIn(transport.rawValue)
            let notification = Riposte.Notification.example(title: name, body: name, facts: [("user", name), (name, "x")])
            #expect(await deliver(notification, through: try channel(server.port, transport)) == nil)
            let seen = try server.next()
            let line = name.split(separator: "\n").joined(separator: " ")
            #expect(seen["malformed"] == nil)
            #expect(seen.value(at: "data")?["facts@32473"]?.array?.first == ["user", .string(line)])
            #expect(seen["text"]?.string == (name.isEmpty ? "" : "\(line): \(line)"))
        }
    }

    @Test func `is cut between characters, the facts first`() async throws {
        let udp = try SyslogStandIn("udp")
        for (piece, size) in [("a", 480), ("é", 481), ("漢", 482), ("👍🏽", 483), ("]", 1180), ("\\", 65_000)] {
            let long = String(repeating: piece, count: 30_000)
            let facts = (0..<40).map { ("\($0)\(long)", long) }
            #expect(await deliver(.example(title: long, body: long, facts: facts), through: try channel(udp.port, .udp, size: size)) == nil)
            let seen = try udp.next()
            #expect(seen["malformed"] == nil, "\(piece)")
            #expect((size - 8...size).contains(Int(seen["size"]?.int ?? 0)), "\(piece)")
            #expect(seen["text"]?.string?.hasSuffix("…") == true)
        }
        #expect(await deliver(.example(body: String(repeating: "x", count: 9000)), through: try channel(udp.port, .udp)) == nil)
        #expect(try udp.next()["size"] == 1180)
        let tcp = try SyslogStandIn("tcp")
        #expect(await deliver(.example(body: String(repeating: "x", count: 90_000)), through: try channel(tcp.port, .tcp)) == nil)
        #expect(try tcp.next()["size"] == 8192)
    }

    @Test func `is encrypted, and sends nothing to whom it does not trust`() async throws {
        let certificate = try TestCertificate()
        let server = try SyslogStandIn("tls", certificate.path)
        for _ in 0..<5 {
            #expect(await deliver(through: try channel(server.port, .tls, authorities: certificate.path)) == nil)
            #expect(try server.next()["text"] == "Brute force from 203.0.113.9: 12 failures in 60 s.")
        }
        let other = try TestCertificate()
        let refused = [
            await deliver(through: try channel(server.port, .tls, authorities: other.path)),
            await deliver(through: try channel(server.port, .tls)),
            // The certificate names 127.0.0.1 and nothing else.
            await deliver(through: try channel(server.port, .tls, host: "localhost", authorities: certificate.path)),
        ]
        for failure in refused {
            #expect(failure?.kind == .transient)
            #expect(failure?.message.hasPrefix("no trusted connection to ") == true)
        }
        // Nothing of these has arrived: the next that does is this one.
        #expect(await deliver(.example(title: "last"), through: try channel(server.port, .tls, authorities: certificate.path)) == nil)
        #expect(try server.next()["text"] == "last: 12 failures in 60 s.")
        let plain = try SyslogStandIn("tcp")
        #expect(await deliver(through: try channel(plain.port, .tls, authorities: certificate.path))?.kind == .transient)
    }

    @Test func `fails where nobody listens, and where it must not go`() async throws {
        for (transport, words) in [
            (SyslogServer.Transport.udp, "nobody listens at"), (.tcp, "no connection to"), (.tls, "no connection to"),
        ] {
            let failure = await deliver(through: try channel(9, transport))
            #expect(failure == DeliveryFailure(.transient, "\(words) 127.0.0.1:9"))
            let metadata = await deliver(through: try channel(514, transport, host: "169.254.169.254"))
            #expect(metadata?.kind == .permanent)
            #expect(metadata?.message.contains("a cloud's metadata address") == true)
            #expect(await deliver(through: try channel(514, transport, host: "nowhere.invalid"))?.kind == .transient)
        }
    }

    @Test(.enabled(if: SyslogStandIn.hasRsyslog, "rsyslogd is needed"))
    func `is understood by rsyslog`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-rsyslog-\(UUID().uuidString)")
        let server = try SyslogStandIn(rsyslogIn: folder)
        let notification = Riposte.Notification.example(title: #"a"b\c]d é"#, body: "", facts: [("user", #"x"y\z]"#)])
        for _ in 0..<3 {
            #expect(await deliver(notification, through: try channel(server.port, .tcp)) == nil)
            let seen = try server.next()
            #expect(
                seen["hostname"] == "web01" && seen["app-name"] == "riposte" && seen["msgid"] == "opened" && seen["syslogpriority"] == "3")
            #expect(seen["structured-data"]?.string?.hasSuffix(#"[facts@32473 user="x\"y\\z\]"]"#) == true)
            #expect(seen["msg"]?.string?.hasSuffix(#"a"b\c]d é"#) == true)
        }
    }
}
