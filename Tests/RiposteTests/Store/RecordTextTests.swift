import Foundation
import RiposteTesting
import Testing

@testable import Riposte

/// What is in older stores was written by Foundation's encoder; what is compared as text must not have changed.
@Suite struct `the text of a record` {
    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func check(_ value: some Encodable, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
        #expect(try RecordCoding.text(of: value) == foundation(value), sourceLocation: sourceLocation)
    }

    @Test func `is what Foundation writes, for every kind of record`() throws {
        try check(StoreSamples.incident())
        try check(StoreSamples.anomaly())
        for status in RunStatus.allCases { try check(StoreSamples.run(status: status)) }
        for entry in StoreSamples.journal() { try check(entry) }
        for state in Effect.State.allCases { try check(StoreSamples.effect(state: state)) }
        try check(StoreSamples.stored())
        try check(StoreSamples.outboxItem())
        for isAnswered in [false, true] { try check(StoreSamples.request(isAnswered: isAnswered)) }
        try check(StoreSamples.outcome())
        try check(RunEnding(status: .partial, endedAt: StoreSamples.start, contained: [.user("a")]))
    }

    /// A property that is added to a record, and forgotten where the record is written, would be lost without a word.
    @Test func `names every property of a record`() throws {
        var incident = StoreSamples.incident()
        incident.acknowledgement = .init(at: StoreSamples.start, actor: "ann", note: "mine")
        (incident.assignee, incident.cause, incident.lessons) = ("ann", "a weak password", "keys only")
        incident.notes = [.init(at: StoreSamples.start, actor: "ann", text: "a \"note\"")]
        (incident.verdict, incident.breachedAt) = (.truePositive, StoreSamples.start)
        try checkAll(incident)
        var effect = StoreSamples.effect()
        (effect.isFalsePositive, effect.driftCount) = (true, 3)
        effect.drifts = [.init(foundAt: StoreSamples.start, repairedAt: StoreSamples.start, error: "gone")]
        effect.breach = .init(first: StoreSamples.start, last: StoreSamples.start, events: 2)
        try checkAll(effect)
        var outcome = StoreSamples.outcome()
        outcome.guardNote = "held"
        try checkAll(outcome)
        try checkAll(StoreSamples.run(status: .failed).undone(Undone(by: "ann", reason: "our scanner", at: StoreSamples.start)))
        try checkAll(StoreSamples.anomaly())
        try checkAll(try #require(StoreSamples.anomaly().evidence.first))
        try checkAll(try #require(incident.history.first))
        try checkAll(StoreSamples.targets)
        try checkAll(try #require(StoreSamples.journal().first))
        try checkAll(RunEnding(status: .failed, endedAt: StoreSamples.start, contained: [.user("a")]))
    }

    private func checkAll(_ record: some Encodable) throws {
        #expect(record is any JSONWritable)
        try check(record)
        let names = Set(try JSONValue(json: RecordCoding.text(of: record)).object.map { Array($0.keys) } ?? [])
        #expect(Set(Mirror(reflecting: record).children.compactMap(\.label)) == names, "the sample must have a value for each, too")
    }

    @Test func `is what Foundation writes, where everything that may be missing is`() throws {
        let (none, time) = (TargetSet(), StoreSamples.start)
        let anomaly = Anomaly(
            id: "a", detector: "x", severity: .info, targets: none, first: time, last: time, count: 0, summary: "",
            evidence: [Evidence(time: time, source: "s", what: "")])
        try check(anomaly)
        try check(
            Incident(id: "i", title: "", severity: .info, targets: none, openedAt: time, firstEventAt: time, lastEventAt: time))
        try check(
            PlaybookRun(
                id: "r", incidentID: "i", playbook: Playbook("p", steps: []), revision: "", targets: none,
                trigger: .manual(actor: "ann", reason: ""), severity: .low, episode: 1, mode: .enforce, context: [:], createdAt: time))
        try check(
            Effect(
                id: "e", kind: .ban, target: .user("u"), action: "a", expiresAt: nil, incidentID: "i", runID: "r", step: StepPath(0),
                playbook: "p", createdAt: time))
        try check(StepOutcome(.succeeded, "", startedAt: .distantPast, endedAt: .distantFuture))
    }

    @Test func `is what Foundation writes, for every text and number`() throws {
        let texts =
            StoreSamples.hostileTexts + (0...0x80).compactMap { Unicode.Scalar($0).map { "a\($0)b" } } + ["/", "é", "👩‍👩‍👧", "\u{2028}"]
        for text in texts { try check([text + "k": JSONValue.string(text), "": JSONValue.array([.string(text)])]) }
        let numbers: [Double] = [0, -0.0, 1, -1, 0.1, 1e15, 1e16, 1.5e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3]
        for number in numbers { try check([JSONValue.double(number)]) }
        for number in [Int64.min, -1, 0, 1, .max] { try check([JSONValue.int(number)]) }
        try check(JSONValue.array([[], [:], [[]], [[:], nil], true, false]))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `cannot be made of a number that JSON has no word for`(number: Double) {
        #expect(throws: EncodingError.self) { try RecordCoding.text(of: JSONValue.object(["a": [.double(number)]])) }
        #expect(throws: EncodingError.self) { try RecordCoding.text(of: [number]) }
    }
}
