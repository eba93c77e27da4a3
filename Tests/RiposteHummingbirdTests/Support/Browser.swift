import Riposte
import RiposteChannels
import Synchronization

/// As much of a browser as the tests need: requests over a real socket, with cookies. It comes through a proxy on this machine,
/// which writes down `ip` as whom it saw.
final class Browser: Sendable {
    let port: Int
    private let ip: String?
    private let http: HTTPClient
    private let jar = Mutex<[String: String]>([:])

    init(port: Int, ip: String? = nil, http: HTTPClient? = nil) {
        self.port = port
        self.ip = ip
        self.http =
            http
            ?? HTTPClient(
                .init(
                    timeout: .seconds(60), maximumInFlight: 128, maximumQueued: 1024, maximumResponseBody: 1 << 20,
                    allowedNetworks: [AddressRange(IPAddress(v4: 0x7F00_0001))]))
    }

    /// Another one, with no cookies, somewhere else.
    func at(_ ip: String) -> Browser { Browser(port: port, ip: ip, http: http) }

    var cookies: [String: String] {
        get { jar.withLock(\.self) }
        set { jar.withLock { $0 = newValue } }
    }

    @discardableResult
    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> HTTPResponse { try await send(.get, path, headers) }

    @discardableResult
    func post(_ path: String, _ form: [String: String] = [:], _ headers: [String: String] = [:]) async throws -> HTTPResponse {
        let body = form.map { "\(Self.encode($0))=\(Self.encode($1))" }.joined(separator: "&")
        return try await send(.post, path, headers.merging(["Content-Type": "application/x-www-form-urlencoded"]) { a, _ in a }, body)
    }

    private func send(_ method: HTTPMethod, _ path: String, _ headers: [String: String], _ body: String = "") async throws -> HTTPResponse {
        var request = HTTPRequest(method, try HTTPURL("http://127.0.0.1:\(port)\(path)"), body: Array(body.utf8))
        for (name, value) in headers { try request.fields.set(name, value) }
        if let ip, headers["X-Forwarded-For"] == nil { try request.fields.set("X-Forwarded-For", ip) }
        let cookies = cookies.map { "\($0)=\($1)" }.sorted().joined(separator: "; ")
        if !cookies.isEmpty { try request.fields.set("Cookie", cookies) }
        let response = try await http.send(request)
        for field in response.fields.all where field.name.lowercased() == "set-cookie" { keep(field.value) }
        return response
    }

    private func keep(_ cookie: String) {
        let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard pair.count == 2 else { return }
        jar.withLock { $0[pair[0]] = cookie.contains("Max-Age=0") ? nil : pair[1] }
    }

    private static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// What so many requests come to that are sent at the same time.
func atOnce<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 0..<count { group.addTask { try await body(number) } }
        var values: [Value] = []
        for try await value in group { values.append(value) }
        return values
    }
}
