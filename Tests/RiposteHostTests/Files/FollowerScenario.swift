import Glibc
import Riposte
import RiposteHost

/// One random life of a log: what its writer, `logrotate` and the machine do to it, while it is followed or not.
final class FollowerScenario {
    private let folder = TemporaryFolder()
    private let board = SourceHealthBoard()
    private var random: SeededRandom
    private var writer: LogWriter
    private var former: LogWriter?
    private var reading: Reading?
    private var position: SourcePosition?
    private var hasOpenLine = false
    private(set) var written: [String] = []
    private(set) var delivered: [String] = []
    private(set) var story: [String] = []
    private var path: String { folder / "auth.log" }

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        writer = try LogWriter(folder / "auth.log")
    }

    /// Does `steps` things to the log, then waits until everything has come.
    func play(_ steps: Int) async throws {
        try await start()
        for _ in 0..<steps { try await step() }
        try await start()
        try append(1)
        await quiesce()
        await stop()
    }

    private func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: try append(Int.random(in: 1...20, using: &random))
        case 40..<50: try appendPart()
        case 50..<60: try appendLate()
        case 60..<75: try rotate()
        case 75..<80: try await copyAndCut()
        case 80..<84: try await deleteAndMake()
        case 84..<92: await stop()
        default: try await start()
        }
    }

    private func append(_ count: Int) throws {
        story.append("append \(count)")
        var text = ""
        for _ in 0..<count {
            if !hasOpenLine { written.append(nextLine()) }
            text += (hasOpenLine ? "" : written[written.count - 1]) + "\n"
            hasOpenLine = false
        }
        try writer.write(text)
    }

    private func appendPart() throws {
        guard !hasOpenLine else { return }
        story.append("append a part")
        written.append(nextLine())
        try writer.write(written[written.count - 1])
        hasOpenLine = true
    }

    /// The writer that has not noticed the rotation yet.
    private func appendLate() throws {
        guard let former else { return }
        story.append("append to the rotated file")
        written.append(nextLine())
        try former.write(written[written.count - 1] + "\n")
    }

    private func nextLine() -> String { "Nov 21 07:00:00 host sshd[7]: this is line number \(written.count)" }

    private func rotate() throws {
        if hasOpenLine { try append(1) }
        story.append("rotate")
        try shift()
        try rename(path, to: path + ".1")
        former = writer
        writer = try LogWriter(path)
    }

    private func shift() throws {
        for number in (1..<60).reversed() where access(path + ".\(number)", F_OK) == 0 {
            try rename(path + ".\(number)", to: path + ".\(number + 1)")
        }
    }

    private func copyAndCut() async throws {
        guard reading != nil || isRecognisable else { return }
        if hasOpenLine { try append(1) }
        await quiesce()
        story.append("copy and cut")
        try shift()
        try copy(path, to: path + ".1")
        try writer.truncate()
        former = nil
        await seeTheCut()
    }

    /// Whether a follower that is down could find its place again in a copy: it must have read the first lines.
    private var isRecognisable: Bool {
        if case .file(let place, _) = position { place.offset > 100 } else { false }
    }

    /// Lets the follower look at the empty file: lines written at once could make it look like the old one.
    private func seeTheCut() async {
        guard let reading else { return }
        try? append(1)
        _ = await reading.lines(through: written[written.count - 1])
    }

    private func deleteAndMake() async throws {
        guard reading != nil, !hasOpenLine else { return }
        await quiesce()
        story.append("delete and make")
        unlink(path)
        former = nil
        writer = try LogWriter(path)
    }

    private func start() async throws {
        guard reading == nil else { return }
        story.append("start")
        let configuration = FileFollower.Configuration(startAt: .beginning, chunkSize: 512, checkInterval: .seconds(3600))
        let follower = FileFollower(path: path, configuration: configuration, health: board, clock: SteppedClock())
        let reading = Reading(follower, from: position)
        await reading.next()
        self.reading = reading
    }

    private func stop() async {
        guard let reading else { return }
        story.append("stop")
        await reading.stop()
        delivered += reading.lines
        position = reading.position
        self.reading = nil
    }

    /// Waits until every whole line has come.
    private func quiesce() async {
        guard let reading else { return }
        let count = written.count - (hasOpenLine ? 1 : 0) - delivered.count
        _ = await reading.lines(count)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small and the same everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
