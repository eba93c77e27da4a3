import Riposte
import Testing

private let sshdLine = "Nov 21 07:01:02 web01 sshd[1]: Failed password for root from 203.0.113.9 port 51022 ssh2"
private let accessLine = "203.0.113.9 - - [21/Nov/2026:07:01:02 +0000] \"GET / HTTP/1.1\" 200 5"
private let jsonLine = "{\"time\":\"2026-11-21T07:01:02Z\",\"kind\":\"auth.login\"}"

private func detect(_ lines: String...) -> FormatDetection { FormatDetection(Array(lines.joined(separator: "\n").utf8)) }

@Suite struct `the format of a log` {
    @Test func `shows in its first lines`() {
        #expect(detect(sshdLine, sshdLine, "").format == .sshd)
        #expect(detect("Nov 21 07:01:02 web01 CRON[1]: x", "2026-11-21T07:01:02Z web01 systemd[1]: y", "").format == .sshd)
        #expect(detect(accessLine, accessLine, "").format == .nginx)
        #expect(detect(jsonLine, "", jsonLine, "").format == .jsonl)
        #expect(detect(jsonLine).format == .jsonl)
    }

    @Test func `may have a few odd lines`() {
        let detection = detect("log opened", sshdLine, sshdLine, "Nov 21 07:01")
        #expect(detection.format == .sshd && detection.lines == 3 && detection.understood == [.sshd: 2])
    }

    @Test func `is none where nothing fits`() {
        #expect(detect("hello", "world", "").format == nil && detect("hello", "world", "").lines == 2)
        #expect(detect("").format == nil)
        #expect(detect(sshdLine, accessLine, "").format == nil)
        #expect(FormatDetection([UInt8](repeating: 0, count: 300_000)).format == nil)
    }

    @Test func `is judged by a hundred lines`() {
        let lines = [String](repeating: accessLine, count: 100) + [String](repeating: sshdLine, count: 1000)
        let detection = FormatDetection(Array(lines.joined(separator: "\n").utf8))
        #expect(detection.format == .nginx && detection.lines == 100)
    }

    @Test func `has several names`() {
        #expect(["sshd", "syslog"].allSatisfy { LogFormat(name: $0) == .sshd })
        #expect(["nginx", "apache", "Combined", "common"].allSatisfy { LogFormat(name: $0) == .nginx })
        #expect(["jsonl", "json", "NDJSON"].allSatisfy { LogFormat(name: $0) == .jsonl })
        #expect(LogFormat(name: "auto") == nil)
    }

    @Test(arguments: [(LogFormat.sshd, sshdLine), (.nginx, accessLine), (.jsonl, jsonLine)])
    func `makes its parser and reader`(format: LogFormat, line: String) {
        var events: [Event] = []
        var parser = format.make(source: "here")
        let bytes = Array(line.utf8)
        #expect(parser.parse(bytes.span, now: present, into: &events) == .event)
        var reader = format.reader(source: "here")
        reader.read(Array((line + "\n").utf8), now: present, into: &events)
        #expect(events.map(\.source) == ["here", "here"] && reader.counts.event == 1)
    }
}
