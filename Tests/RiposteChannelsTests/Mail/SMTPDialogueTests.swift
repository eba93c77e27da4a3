import Testing

@testable import RiposteChannels

@Suite struct `what is said over one SMTP connection` {
    @Test func `is kept in part where a server says more than anybody reads`() {
        var dialogue = SMTPDialogue()
        dialogue.sent("MAIL FROM:<riposte@example.org>")
        for number in 0..<100_000 { dialogue.received("550-\(number) \(String(repeating: "x", count: 2000))\r\n") }
        dialogue.received("550 no\r\n")
        #expect(dialogue.refusal?.reply.code == 550)
        #expect(dialogue.refusal?.reply.words.hasPrefix("0 xxx") == true)
        #expect(Mirror(reflecting: dialogue).children.first { $0.label == "words" }.map { "\($0.value)".count } == 2)
        for number in 0..<100_000 { dialogue.received("250-\(number)\r\n") }
        let kept = Mirror(reflecting: dialogue).children.first { $0.label == "words" }.map { "\($0.value)".count } ?? .max
        #expect(kept < 10_000, "\(kept)")
    }
}
