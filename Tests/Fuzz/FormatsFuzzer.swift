// Compiled into one module with Sources/Riposte/{Time,Events} by Scripts/fuzz.sh; not part of the package.

/// libFuzzer's entry. The first byte picks the format, the second how the bytes are cut into chunks; the rest is a log.
///
/// Nothing may trap, and every promise below is asserted: the bytes give the same events however they are cut, each event
/// has a line, none lies in the future, and every byte is accounted for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard input.count > 2 else { return 0 }
    let log = Array(input[2...])
    if input[0] == 0xFF {
        _ = TimeZoneRule(name: "fuzz", tzif: log)?.secondsFromUTC(at: Int64(truncatingIfNeeded: log.hashValue))
        return 0
    }
    let format = LogFormat.allCases[Int(input[0]) % LogFormat.allCases.count]
    let whole = read(format, log, chunkSize: log.count)
    let cut = read(format, log, chunkSize: Int(input[1]) % 61 + 1)
    precondition(whole.events == cut.events && whole.counts == cut.counts, "the same bytes, cut differently, gave other events")
    check(whole, log)
    _ = FormatDetection(log)
    return 0
}

private let now = Timestamp(seconds: 1_795_262_400)

private struct Outcome {
    var events: [Event] = []
    var counts = LineCounts()
    var completedBytes: UInt64 = 0
}

private func read(_ format: LogFormat, _ log: [UInt8], chunkSize: Int) -> Outcome {
    var reader = format.reader(source: "fuzz", lineLimit: 4096)
    var outcome = Outcome()
    var offset = 0
    while offset < log.count {
        let end = min(offset + chunkSize, log.count)
        reader.read(Array(log[offset..<end]), now: now, into: &outcome.events)
        offset = end
    }
    reader.finish(now: now, into: &outcome.events)
    outcome.counts = reader.counts
    outcome.completedBytes = reader.completedBytes
    return outcome
}

private func check(_ outcome: Outcome, _ log: [UInt8]) {
    let newlines = log.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    precondition(outcome.counts.lines == UInt64(newlines + (log.last == 0x0A ? 0 : 1)), "a line was lost or made up")
    precondition(outcome.completedBytes == UInt64(log.count), "bytes were lost")
    precondition(outcome.counts.event == UInt64(outcome.events.count), "an event without a line")
    for (index, event) in outcome.events.enumerated() {
        precondition(event.sequence == UInt64(index) && event.count >= 1 && event.time <= now, "a malformed event")
        precondition((event.user?.utf8.count ?? 0) <= 1024, "a name without bounds")
    }
}
