// Durable runs of three steps a second: RunsBenchmark [FOLDER=.] [SECONDS=5] [KIND:IN_FLIGHT]...
// KIND is nothing or effects. The stores are new files in FOLDER, which must be on a real disk.
import Foundation
import Riposte

let arguments = Array(CommandLine.arguments.dropFirst())
let folder = URL(fileURLWithPath: arguments.first ?? ".").appendingPathComponent("runs-\(ProcessInfo.processInfo.processIdentifier)").path
let seconds = arguments.dropFirst().first.flatMap(Double.init) ?? 5
let chosen = arguments.dropFirst(2).compactMap(Scenario.init)
let scenarios = chosen.isEmpty ? ["nothing:1", "nothing:10", "nothing:100", "effects:1", "effects:100"].compactMap(Scenario.init) : chosen

try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }
say(Line.head)
for scenario in scenarios {
    say(try await scenario.measure(store: "\(folder)/\(scenario.kind)-\(scenario.inFlight).db", seconds: seconds).text)
}
if chosen.isEmpty {
    let raw = try RawSQLite(copying: "\(folder)/nothing-100.db", runs: 50_000)
    for inFlight in [1, 10, 100] {
        say(try raw.measure(store: "\(folder)/raw-\(inFlight).db", inFlight: inFlight, seconds: seconds).text)
    }
}

/// At once, into a pipe too.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
