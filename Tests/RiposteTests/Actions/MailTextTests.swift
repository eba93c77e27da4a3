import Testing

@testable import Riposte

@Suite struct `the text of a mail` {
    private func filled(_ text: String, _ values: [String: String]) throws -> String {
        try MailText(text, known: ["user", "link", "expires"]).filled(values)
    }

    @Test func `holds values as they are, and expands none of them again`() throws {
        #expect(try filled("Dear {{ user }}, {{user}}.", ["user": "{{ link }}", "link": "x"]) == "Dear {{ link }}, {{ link }}.")
    }

    @Test func `keeps a value on its line`() throws {
        #expect(try filled("a {{ user }} b\nc", ["user": "x\r\nBcc: y\u{2028}z\u{202E}\u{1B}"]) == "a x Bcc: y z   b\nc")
    }

    @Test func `loses the lines of which a value is missing, and the gap that they leave`() throws {
        let text = "Hello.\n\nUntil {{ expires }}:\n{{ link }}\n\nBye, {{ user }}."
        #expect(try filled(text, ["user": "ann"]) == "Hello.\n\nBye, ann.")
        #expect(try filled(text, ["user": "ann", "link": "L", "expires": "noon"]) == "Hello.\n\nUntil noon:\nL\n\nBye, ann.")
    }

    @Test(arguments: [
        ("{{ usr }}", "there is no {{ usr }}; did you mean “user”?"), ("a {{ user", "“{{” is never closed"),
        ("{{ password }}", "there is no {{ password }}; there is: expires, link, user"),
    ])
    func `says what is wrong with it`(text: String, said: String) {
        let problem = #expect(throws: MailText.Problem.self) { try filled(text, [:]) }
        #expect([problem?.message, problem?.suggestion].compactMap(\.self).joined(separator: "; ") == said)
    }

    @Test func `is right as it comes with Riposte`() throws {
        let texts = AccountMailTexts()
        for (text, names) in [(texts.passwordReset, AccountMailTexts.resetNames), (texts.wasThisYou, AccountMailTexts.questionNames)] {
            #expect(try MailText(text.subject, known: AccountMailTexts.subjectNames).isOneLine)
            #expect(try MailText(text.body, known: names).names == Set(names))
        }
    }
}
