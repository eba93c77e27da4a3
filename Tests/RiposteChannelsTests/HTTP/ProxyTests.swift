import Foundation
import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `an HTTP client and proxies` {
    @Test func `does not take one from the environment`() async {
        await #expect(processExitsWith: .success) {
            let server = try LocalHTTPServer { _ in .text("direct") }
            let proxy = try LocalHTTPServer { _ in .text("through the proxy") }
            for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] { setenv(name, proxy.url, 1) }
            let response = try await localClient().send(HTTPRequest(.get, try server.address()))
            #expect(response.text == "direct")
            #expect(proxy.requestCount == 0)
        }
    }

    @Test func `uses the one that is configured, whatever the environment excepts`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try LocalHTTPServer { _ in .dropped }
            for name in ["no_proxy", "NO_PROXY"] { setenv(name, "*", 1) }
            let client = localClient { $0.proxy = try? HTTPURL(proxy.url) }
            let request = HTTPRequest(.get, try HTTPURL("http://nobody.invalid/x"))
            // A request through a proxy names the whole URL, which the local server refuses as a target.
            let response = try await client.send(request)
            #expect(response.status == 400)
        }
    }
}
