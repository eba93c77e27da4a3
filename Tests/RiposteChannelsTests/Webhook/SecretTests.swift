import Foundation
import Riposte
import Testing

@Suite struct `a secret` {
    @Test func `is read from a file, without the line break at its end`() throws {
        #expect(try SecretFile("hunter2\n").resolved() == "hunter2")
        #expect(try SecretFile("hunter2\r\n").resolved() == "hunter2")
        #expect(try SecretFile("hunter2").resolved() == "hunter2")
        #expect(try SecretFile(" a\nb \n").resolved() == " a\nb ")
    }

    @Test func `is read from the environment`() throws {
        let path = try #require(ProcessInfo.processInfo.environment["PATH"])
        #expect(try Secret.environment("PATH").resolve().revealed == path)
    }

    @Test func `is read anew each time`() throws {
        let file = try SecretFile("old")
        #expect(try file.resolved() == "old")
        try Data("new".utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(try file.resolved() == "new")
    }

    @Test func `says where it is missing`() throws {
        #expect(reason(.environment("RIPOSTE_NO_SUCH_SECRET")) == "the secret environment:RIPOSTE_NO_SUCH_SECRET is not set")
        #expect(reason(.file("/nowhere/x")) == "the secret file:/nowhere/x cannot be opened: no such file")
        #expect(reason(.file("/tmp"))?.hasSuffix("is not a regular file") == true)
        #expect(reason(.file("/dev/zero"))?.hasSuffix("is not a regular file") == true)
    }

    @Test func `is refused where it is empty, too long or not text`() throws {
        let files = [
            try SecretFile(""), try SecretFile("\n"), try SecretFile(String(repeating: "a", count: 65_537)),
            try SecretFile(bytes: [0xFF, 0xFE]),
        ]
        let reasons = ["is empty", "is empty", "is longer than 65536 bytes", "is not UTF-8 text"]
        for (file, expected) in zip(files, reasons) { #expect(reason(file.secret)?.hasSuffix(expected) == true) }
    }

    @Test func `is written as its place`() throws {
        for text in ["environment:STRIPE_SECRET", "file:/run/secrets/x", "file:relative:name"] {
            let secret = try #require(Secret(text))
            #expect(secret.description == text)
            let coded = try JSONDecoder().decode([Secret].self, from: try JSONEncoder().encode([secret]))
            #expect(coded == [secret])
        }
        for text in ["", "hunter2", "environment:", "file:", "environment:A=B", "vault:x", "environment:A\0"] {
            #expect(Secret(text) == nil)
        }
    }

    @Test func `that is written out by mistake is not repeated`() {
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode([Secret].self, from: Data(#"["hunter2"]"#.utf8)) }
        #expect(!"\(error as Any)".contains("hunter2"))
    }

    @Test func `never shows its value`() throws {
        struct Holder: Encodable { var value = SecretValue("hunter2") }
        let holder = Holder()
        var shown = "\(holder) \(holder.value) \(Optional(holder.value) as Any) \([holder.value]) \(["k": holder.value])"
        shown += String(reflecting: holder) + String(describing: holder.value) + String(reflecting: holder.value)
        dump(holder, to: &shown)
        shown += String(decoding: try JSONEncoder().encode(holder), as: UTF8.self)
        for child in Mirror(reflecting: holder.value).children { shown += "\(child)" }
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("<redacted>"))
        #expect(holder.value.revealed == "hunter2")
    }

    private func reason(_ secret: Secret) -> String? {
        do throws(SecretError) {
            _ = try secret.resolve()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension SecretFile {
    fileprivate func resolved() throws -> String { try secret.resolve().revealed }
}
