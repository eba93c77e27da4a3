import Riposte
import RiposteChannels
import Testing

@Suite struct `an HTTP URL` {
    @Test(arguments: [
        ("https://example.org", "https://example.org/"), ("HTTP://EXAMPLE.org:8080/A?b=c", "http://example.org:8080/A?b=c"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"), ("http://203.0.113.9/x", "http://203.0.113.9/x"),
        ("https://a-b.c_d.example/%C3%A4//x;y=1,2?q=a/b?c", "https://a-b.c_d.example/%C3%A4//x;y=1,2?q=a/b?c"),
        ("https://example.org?x", "https://example.org/?x"), ("http://[::ffff:203.0.113.9]/", "http://203.0.113.9/"),
        ("https://example.org/...", "https://example.org/..."),
    ])
    func `has one reading`(text: String, canonical: String) throws {
        #expect(try HTTPURL(text).text == canonical)
    }

    @Test(arguments: [
        "", "example.org", "ftp://example.org/", "file:///etc/passwd", "http:/example.org", "http://", "http:///x", "http://:80/",
        "http://a b/",
        "http://user:hunter2@example.org/", "http://hunter2@example.org", "http://example.org:0/", "http://example.org:65536/",
        "http://example.org:8o/",
        "http://example.org:/", "http://example.org/#hunter2", "http://example.org/ hunter2", "http://example.org/\r\nHost: x",
        "http://example.org/\\x",
        "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://010.0.0.1/", "http://1.2.3.4.5/",
        "http://exa..mple/",
        "http://-x.org/", "http://example.org./", "http://ex%61mple.org/", "http://[fe80::1%25eth0]/", "http://[::1/", "http://[1.2.3]/",
        "http://[::1]x/",
        "http://example.org/a/../b", "http://example.org/..", "http://example.org/%2e%2E/x", "http://example.org/.%2e",
        "http://example.org/./",
        "http://example.org/%4", "http://example.org/%zz", "http://example.org/ä", "http://bücher.example/", "http://example.org/<x>",
        "http://example.org/{x}",
        "gopher://example.org/", "http://example.org/\0",
    ])
    func `is read strictly, and a refusal repeats nothing of it`(text: String) {
        let error = #expect(throws: HTTPError.self) { try HTTPURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func `shows neither its query nor a path that is a secret`() throws {
        var url = try HTTPURL("https://hooks.example.org/T0/hunter1?token=hunter2")
        #expect("\(url)" == "https://hooks.example.org/T0/hunter1")
        url.concealsPath = true
        #expect("\(url)" == "https://hooks.example.org/…")
        var dumped = ""
        dump(url, to: &dumped)
        dump(HTTPRequest(.get, url), to: &dumped)
        #expect(!(dumped + String(reflecting: url) + "\(Optional(url) as Any)").contains("hunter"))
    }
}
