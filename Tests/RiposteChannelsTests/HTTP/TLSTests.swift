import Riposte
import RiposteChannels
import Testing

@Suite(.enabled(if: TLSServer.isAvailable)) struct `an HTTP client that speaks TLS` {
    private func send(to host: String, _ server: TLSServer, trusting certificate: String?) async throws -> Result<HTTPResponse, HTTPError> {
        let client = localClient { $0.certificateAuthorities = certificate }
        let request = HTTPRequest(.get, try HTTPURL("https://\(host):\(server.port)/"))
        do throws(HTTPError) { return .success(try await client.send(request)) } catch { return .failure(error) }
    }

    @Test func `trusts whom it is told to trust, under the right name`() async throws {
        let server = try TLSServer()
        #expect(try await send(to: "127.0.0.1", server, trusting: server.certificate).get().status == 200)
    }

    @Test(arguments: [("127.0.0.1", nil), ("localhost", "its own"), ("127.0.0.1", "/nowhere/ca.pem")])
    func `trusts nobody else, which a person has to mend`(host: String, authorities: String?) async throws {
        let server = try TLSServer()
        let result = try await send(to: host, server, trusting: authorities == "its own" ? server.certificate : authorities)
        let error = try #require(throws: HTTPError.self) { try result.get() }
        #expect(error.code == .certificate)
        #expect(error.kind == .permanent)
        #expect(error.message.hasPrefix("the certificate of https://\(host):\(server.port) is not trusted: "), "\(error.message)")
    }

    /// It is kept for a day, in which a certificate is renewed.
    @Test func `has a notification wait for a certificate that is trusted again`() async throws {
        let server = try TLSServer()
        let url = "https://127.0.0.1:\(server.port)/hook"
        let file = try SecretFile(url)
        let client = localClient()
        let channels: [any NotificationChannel] = [
            try WebhookChannel(WebhookConfiguration(url: url), client: client), SlackChannel(webhook: file.secret, client: client),
        ]
        for channel in channels {
            let error = try #require(await failure { () throws(DeliveryFailure) in try await channel.deliver(.example()) })
            #expect(error.kind == .transient)
            #expect(error.message.contains("is not trusted"), "\(error.message)")
        }
    }

    @Test func `speaks no version before 1.2`() async throws {
        let server = try TLSServer(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        let result = try await send(to: "127.0.0.1", server, trusting: server.certificate)
        let error = try #require(throws: HTTPError.self) { try result.get() }
        #expect(error.code == .tls)
        #expect(error.kind == .transient)
    }
}
