// A flood handed to a running responder on SQLite, with one takeover in it:
// FloodBenchmark [SECONDS=60] [A SECOND=10000] [ADDRESSES=10000]
// Says how the process grows, what is shed, and how long the takeover waits for its ban.
import Logging
import Riposte
import RiposteSQLite

#if canImport(Glibc)
import Glibc
#endif

let seconds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 60 : 60
let perSecond = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 10_000 : 10_000
let addresses = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 10_000 : 10_000

func residentMB() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    guard fgets(&line, 200, file) != nil else { return 0 }
    let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * 4096 / 1_000_000
}

func anomaly(_ id: String, _ address: IPAddress, _ detector: DetectorName, _ severity: Severity, users: [String] = []) -> Anomaly {
    let now = SystemClock().now()
    let range = AddressRange(address)
    return Anomaly(
        id: AnomalyID(id), detector: detector, severity: severity, targets: TargetSet(addresses: [range], users: users), sources: [range],
        first: now - .seconds(60), last: now, count: 10, summary: "10 failed sign-ins from \(address)")
}

var template = Array("/tmp/riposte-flood-XXXXXX".utf8CString)
guard let made = mkdtemp(&template) else { fatalError("no temporary folder") }
let folder = String(cString: made)
let store = try await SQLiteStore.open(path: folder + "/riposte.db")
let board = DecisionBoard()
let playbook = Playbook("p", triggers: [Trigger()], steps: [Step(.blockIP)])
let responder = try IncidentResponder(
    playbooks: [playbook], actions: [BlockIP(decisions: board)], store: store, decisions: board,
    logger: Logger(label: "flood") { _ in SwiftLogNoOpLogHandler() })
let service = Task { try await responder.run() }
let clock = ContinuousClock()
let start = clock.now
let victim = IPAddress(v4: 0xCB00_7109)
var takenOver: ContinuousClock.Instant?
var answered: Duration?
var handed = 0
// Each in a task of its own, as a server's requests are; in no group, whose own books would be measured.
do {
    for second in 0..<seconds {
        for step in 0..<100 {
            for index in 0..<perSecond / 100 {
                let number = UInt32(second * perSecond + step * (perSecond / 100) + index)
                // Not one after the other: what is shed would be the same ones each second.
                let place = (number &* 2_654_435_761) % UInt32(addresses)
                let decoy = anomaly("d\(number)", IPAddress(v4: 0x0A00_0000 + place), .bruteForceByAddress, .medium)
                Task { _ = try? await responder.handle(decoy) }
                handed += 1
            }
            if takenOver == nil, handed >= 10_000 {
                takenOver = clock.now
                let takeover = anomaly("takeover", victim, .successAfterFailures, .critical, users: ["alice"])
                Task { _ = try? await responder.handle(takeover) }
            }
            if answered == nil, let takenOver, board.snapshot.decision(for: victim, at: SystemClock().now()) != nil {
                answered = clock.now - takenOver
            }
            let due = start + .milliseconds(second * 1000 + (step + 1) * 10)
            if clock.now < due { try? await clock.sleep(until: due) }
        }
        if second % 5 == 4 || second == seconds - 1 {
            print(
                "\(second + 1) s: \(residentMB()) MB, \(handed) handed over in \(clock.now - start), \(responder.guardReport.shed) shed,",
                "\(board.snapshot.count) decisions, takeover answered \(answered.map { "after \($0)" } ?? "not yet")")
            fflush(nil)
        }
    }
}
service.cancel()
_ = try? await service.value
try await store.close()
system("rm -r \(folder)")
