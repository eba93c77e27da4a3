import Riposte
import RiposteChannels
import RiposteTesting
import Testing

@Suite struct `a webhook's templates` {
    private let context: JSONValue = [
        "user": [
            "id": "cus_1", "vip": true, "score": 7, "ratio": 0.5, "tags": ["a", "b"], "none": nil, "note": "{{ user.id }} \"x\"\r\n<&>",
        ],
        "ip": "203.0.113.9", "big": 9_007_199_254_740_993,
    ]

    private func preview(_ change: (inout WebhookConfiguration) -> Void) throws(WebhookError) -> HTTPRequest? {
        var configuration = WebhookConfiguration(url: "https://api.example/")
        change(&configuration)
        return try WebhookRequest(configuration).preview(in: context)
    }

    private func body(_ body: JSONValue) throws -> JSONValue {
        try JSONValue(json: String(decoding: try #require(try preview { $0.body = body }).body, as: UTF8.self))
    }

    private func error(_ change: (inout WebhookConfiguration) -> Void) -> WebhookError? {
        do throws(WebhookError) {
            _ = try preview(change)
            return nil
        } catch {
            return error
        }
    }

    @Test func `keep the type of a value that stands alone`() throws {
        let template: JSONValue = [
            "id": "{{ user.id }}", "vip": "{{user.vip}}", "score": "{{ user.score }}", "ratio": "{{ user.ratio }}",
            "tags": "{{ user.tags }}",
            "none": "{{ user.none }}", "second": "{{ user.tags.1 }}", "text": "{{ user.id }} has {{ user.score }}, {{ user.vip }}",
            "fixed": 1, "big": "{{ big }}",
            "list": ["{{ ip }}", ["deep": "{{ ip }}"]],
        ]
        let expected: JSONValue = [
            "id": "cus_1", "vip": true, "score": 7, "ratio": 0.5, "tags": ["a", "b"], "none": nil, "second": "b",
            "text": "cus_1 has 7, true", "fixed": 1,
            "big": 9_007_199_254_740_993, "list": ["203.0.113.9", ["deep": "203.0.113.9"]],
        ]
        #expect(try body(template) == expected)
    }

    @Test func `are not looked for in a value`() throws {
        #expect(
            try body(["a": "{{ user.note }}", "b": "> {{ user.note }}"]) == [
                "a": "{{ user.id }} \"x\"\r\n<&>", "b": "> {{ user.id }} \"x\"\r\n<&>",
            ])
    }

    @Test func `name what is missing, and never fall silent`() {
        for path in ["user.email", "nobody", "user.tags.2", "user.id.x", "user.tags.-1"] {
            #expect(error { $0.body = ["x": .string("{{ \(path) }}")] }?.message.contains("“\(path)”") == true)
            #expect(error { $0.address = "https://api.example/{{ \(path) }}" }?.code == .missingValue)
            #expect(error { $0.headers = ["X-A": "{{ \(path) }}"] }?.code == .missingValue)
        }
        #expect(error { $0.body = "a {{ user.none }}" }?.code == .missingValue)
        #expect(error { $0.body = "a {{ user.tags }}" }?.message == "“user.tags” is a list, which cannot stand inside a text")
    }

    @Test(arguments: ["{{ a", "a }}", "{{ }}", "{{ a b }}", "{{ a..b }}", "{{ .a }}", "{{ a|upper }}", "{{ {{ a }} }}"])
    func `are refused at once where they are broken`(template: String) {
        for change in [
            { $0.body = .string(template) }, { $0.headers = ["X-A": .literal(template)] },
            { $0.address = .literal("https://api.example/?q=" + template) },
        ]
            as [(inout WebhookConfiguration) -> Void]
        {
            #expect(error(change)?.code == .invalidConfiguration)
        }
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("../../admin", "..%2F..%2Fadmin"), ("a/b", "a%2Fb"), ("a?b=c&d#e", "a%3Fb%3Dc%26d%23e"),
        ("ä€", "%C3%A4%E2%82%AC"), ("%2e%2e", "%252e%252e"),
        ("a\r\nb\0", "a%0D%0Ab%00"), ("@evil.example", "%40evil.example"), ("...", "..."), ("-._~", "-._~"), ("\\..\\", "%5C..%5C"),
        (":80", "%3A80"), (";a+b", "%3Ba%2Bb"),
    ])
    func `stay inside their place in a URL`(value: String, encoded: String) throws {
        let configuration = WebhookConfiguration(url: "https://api.example/v1/customers/{{ id }}/freeze?id={{ id }}&x=1")
        let request = try #require(try WebhookRequest(configuration).preview(in: ["id": .string(value)]))
        #expect(request.url.text == "https://api.example/v1/customers/\(encoded)/freeze?id=\(encoded)&x=1")
    }

    @Test(arguments: ["", ".", ".."])
    func `neither empty a part of the path nor climb out of it`(value: String) throws {
        for path in ["{{ id }}", "{{ id }}/freeze", "{{ id }}{{ empty }}", "{{ dot }}{{ dot }}", "{{ empty }}"] {
            let webhook = try WebhookRequest(WebhookConfiguration(url: "https://api.example/v1/\(path)"))
            let context: JSONValue = ["id": .string(value), "empty": "", "dot": "."]
            let error = #expect(throws: WebhookError.self) { try webhook.preview(in: context) }
            #expect(error?.code == .invalidValue)
        }
    }

    @Test(arguments: [
        "{{ url }}", "{{ scheme }}://api.example/", "https://{{ host }}/", "https://api.{{ domain }}/", "https://api.example:{{ port }}/",
        "https://api.example{{ rest }}",
        "https://{{ user }}@api.example/", "ftp://api.example/", "https://api.example/a b", "https://api.example/../x",
        "https://api.example/#{{ x }}",
        "https://api.example/{{ x }}\n", "/v1/{{ x }}", "",
    ])
    func `stand in no scheme, host or port, and the rest is a URL`(url: String) {
        #expect(error { $0.address = .literal(url) }?.code == .invalidConfiguration)
    }

    @Test func `bring no line break into a header`() {
        #expect(error { $0.headers = ["X-Note": "{{ user.note }}"] }?.code == .invalidValue)
        for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\u{7F}"] {
            #expect(error { $0.headers = ["X-A": .literal(value)] }?.code == .invalidValue)
        }
        for name in [
            "", "X A", "X:A", "X\r\nB", "Host", "content-length", "Transfer-Encoding", "Idempotency-Key", "riposte-signature", "Ä",
        ] {
            #expect(error { $0.headers = [name: "a"] }?.code == .invalidConfiguration)
        }
    }

    @Test func `make the same bytes of the same values`() throws {
        let sent = try preview {
            $0.body = ["b": "{{ ip }}", "a": ["d": 1, "c": "https://x.example/"]]
            $0.headers = ["X-IP": "from {{ ip }}"]
        }
        let request = try #require(sent)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"a":{"c":"https://x.example/","d":1},"b":"203.0.113.9"}"#)
        #expect(request.fields["x-ip"] == "from 203.0.113.9")
        #expect(request.fields["content-type"] == "application/json")
        #expect(request.fields["authorization"] == nil)
    }

    @Test func `make a body of text that is sent as text`() throws {
        let sent = try #require(try preview { $0.body = "Attack from {{ ip }}, \"{{ user.id }}\"" })
        #expect(String(decoding: sent.body, as: UTF8.self) == "Attack from 203.0.113.9, \"cus_1\"")
        #expect(sent.fields["content-type"] == "text/plain; charset=utf-8")
        let markdown = try #require(
            try preview {
                $0.body = "# {{ ip }}"
                $0.headers = ["content-type": "text/markdown"]
            })
        #expect(markdown.fields["content-type"] == "text/markdown")
        #expect(try body("{{ user.tags }}") == ["a", "b"])
    }

    @Test(arguments: ["{{ user.note }}", "{\"a\": \"{{ user.note }}\"}"])
    func `put no value into a text of a format that it could break out of`(text: String) {
        let error = error {
            $0.body = .string(text)
            $0.headers = ["Content-Type": "application/json"]
        }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func `find the id of an account that stands as its id alone`() throws {
        let webhook = try WebhookRequest(WebhookConfiguration(url: "https://api.example/{{ user.id }}"))
        #expect(try webhook.preview(in: ["user": "alice"])?.url.path == "/alice")
        #expect(try webhook.preview(in: ["user": ["id": "bob"]])?.url.path == "/bob")
        #expect(throws: WebhookError.self) { try webhook.preview(in: ["user": 7]) }
    }
}
