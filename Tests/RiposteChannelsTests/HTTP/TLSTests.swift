import Riposte
import RiposteChannels
import Testing

@Suite(.enabled(if: TLSServer.isAvailable)) struct `an HTTP client that speaks TLS` {
    private func send(to host: String, _ server: TLSServer, trusting certificate: String?) async throws -> Result<HTTPResponse, HTTPError> {
        let client = localClient { $0.certificateAuthorities = certificate }
        let request = HTTPRequest(.get, try HTTPURL("https://\(host):\(server.port)/"))
        do throws(HTTPError) { return .success(try await client.send(request)) } catch { return .failure(error) }
    }

    private func code(_ result: Result<HTTPResponse, HTTPError>) -> HTTPError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test func `trusts whom it is told to trust, under the right name`() async throws {
        let server = try TLSServer()
        #expect(try await send(to: "127.0.0.1", server, trusting: server.certificate).get().status == 200)
    }

    @Test func `trusts nobody else`() async throws {
        let server = try TLSServer()
        let unknown = try await send(to: "127.0.0.1", server, trusting: nil)
        #expect(code(unknown) == .tls)
        #expect("\(unknown)".contains("certificate"))
        #expect(code(try await send(to: "localhost", server, trusting: server.certificate)) == .tls)
        #expect(code(try await send(to: "127.0.0.1", server, trusting: "/nowhere/ca.pem")) == .tls)
    }

    @Test func `speaks no version before 1.2`() async throws {
        let server = try TLSServer(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        #expect(code(try await send(to: "127.0.0.1", server, trusting: server.certificate)) == .tls)
    }
}
