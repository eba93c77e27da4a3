// Reads a log as the product does and says how fast: FormatsBenchmark FORMAT FILE [ROUNDS=5]
import Riposte

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

guard CommandLine.arguments.count >= 3, let format = LogFormat(name: CommandLine.arguments[1]),
    let file = fopen(CommandLine.arguments[2], "r")
else {
    print("usage: FormatsBenchmark sshd|nginx|jsonl FILE [ROUNDS]")
    exit(2)
}

/// The whole file, so that the figure holds no disk.
var bytes: [UInt8] = []
var buffer = [UInt8](repeating: 0, count: 1 << 20)
while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { break }
    bytes.append(contentsOf: buffer[..<count])
}

let rounds = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 5 : 5
let chunkSize = 256 * 1024
let now = SystemClock().now()
for round in 1...rounds {
    var reader = format.reader(source: SourceName(rawValue: "bench"))
    var events: [Event] = []
    var failures: UInt64 = 0
    var successes: UInt64 = 0
    let start = ContinuousClock.now
    var offset = 0
    while offset < bytes.count {
        let end = min(offset + chunkSize, bytes.count)
        reader.read(bytes.span.extracting(offset..<end), now: now, into: &events)
        for event in events {
            if event.outcome == .failure { failures += UInt64(event.count) }
            if event.outcome == .success { successes += UInt64(event.count) }
        }
        events.removeAll(keepingCapacity: true)
        offset = end
    }
    reader.finish(now: now, into: &events)
    let elapsed = ContinuousClock.now - start
    let seconds = Double(elapsed.microseconds) / 1e6
    let rate = Int(Double(reader.counts.lines) / seconds)
    print("round \(round): \(reader.counts.lines) lines in \(seconds) s = \(rate) lines/s, \(failures) failures, \(successes) successes")
    if round == rounds { print(reader.counts) }
}
