import Riposte
import RiposteChannels
import Testing

@Suite struct `a request's signature` {
    private let body = Array(#"{"a":1}"#.utf8)
    private let secret = SecretValue("hunter2")
    private let time = Timestamp(seconds: 1_795_176_000)

    private func verify(_ value: String, after delay: Duration = .zero, tolerance: Duration = .minutes(5)) -> RequestSignature.Problem? {
        do throws(RequestSignature.Problem) {
            try RequestSignature.verify(value, body: body, secret: secret, now: time + delay, tolerance: tolerance)
            return nil
        } catch {
            return error
        }
    }

    /// From `printf '1795176000.{"a":1}' | openssl dgst -sha256 -hmac hunter2`.
    private let known = "8bb183da6c1b81a992f00fe365239dc5f5cb1b85db87eae5052c9aa713a81bd0"

    @Test func `is what another implementation computes`() {
        #expect(RequestSignature.value(for: body, secret: secret, at: time) == "t=1795176000,v1=\(known)")
    }

    @Test func `is accepted for its body, its secret and some minutes`() {
        let value = RequestSignature.value(for: body, secret: secret, at: time)
        #expect(verify(value) == nil)
        #expect(verify(value, after: .minutes(5)) == nil)
        #expect(verify(value, after: .minutes(-5)) == nil)
        #expect(verify(value, after: .seconds(301)) == .outOfTime)
        #expect(verify(value, after: .seconds(-301)) == .outOfTime)
        #expect(verify(value, after: .seconds(2), tolerance: .seconds(1)) == .outOfTime)
        #expect(throws: RequestSignature.Problem.mismatch) {
            try RequestSignature.verify(value, body: body + [0x20], secret: secret, now: time)
        }
        #expect(throws: RequestSignature.Problem.mismatch) {
            try RequestSignature.verify(value, body: body, secret: SecretValue("hunter3"), now: time)
        }
    }

    @Test func `holds for its own time only`() {
        #expect(verify("t=1795176001,v1=\(known)") == .mismatch)
    }

    @Test func `may come beside others, of an old secret or a later scheme`() {
        let other = String(repeating: "0", count: 64)
        #expect(verify("t=1795176000,v1=\(other),v1=\(known)") == nil)
        #expect(verify("t=1795176000,v2=abc,v1=\(known.uppercased())") == nil)
        #expect(verify("t=1795176000,v1=\(other)") == .mismatch)
    }

    @Test(arguments: [
        "", "t=1", "v1=K", "t=1795176000", "t=1795176000,v1=", "t=1795176000,v1=zz", "t=,v1=K", "t=-5,v1=K",
        "t=1795176000,t=1795176000,v1=K",
        "t=17951760000000000000000,v1=K", "t=1795176000,v1=K0", "t=1795176000;v1=K", "t=1795176000,v0=K", "t=1795176000,,v1=K", "t=٣,v1=K",
        "t=1795176000,v1=K,v1=K,v1=K,v1=K,v1=K,v1=K,v1=K,v1=K,v1=K",
    ])
    func `is refused in any other shape`(value: String) {
        #expect(verify(value.split(separator: "K", omittingEmptySubsequences: false).joined(separator: known)) == .malformed)
    }
}
