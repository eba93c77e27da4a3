import Glibc
internal import Riposte

/// Ends what runs in a user's name: each session of processes (setsid(2)) that began before a time, whatever its shells and
/// programs do about it, and what they begin meanwhile.
enum LocalSessions {
    /// How long programs have to end by themselves before they are ended.
    private static let patience = Duration.milliseconds(500)

    /// - Parameter limit: how long it goes on where there is always more.
    /// - Returns: how many sessions there were.
    /// - Throws: ``DirectoryFailure``, which says what is left.
    static func end(of user: UInt32, before time: Timestamp, within limit: Duration = .seconds(4)) throws -> Int {
        guard let boot = bootTime() else { throw DirectoryFailure(.transient, "/proc does not say when this machine was started") }
        var sweep = SessionSweep(before: time)
        let begun = ContinuousClock.now
        var wasClear = false
        // Anew each time: what is ended may start something before it is, and what is started during a look may be missed by it.
        while true {
            let found = sweep.select(processes(of: user, boot: boot))
            if found.isEmpty, wasClear { return sweep.count }
            wasClear = found.isEmpty
            guard wasClear || .now - begun < limit else { throw remaining(found, sweep.count) }
            let isPatient = .now - begun < patience
            for each in found {
                if isPatient { kill(each.process, SIGHUP) }
                kill(each.process, isPatient ? SIGTERM : SIGKILL)
            }
            usleep(isPatient ? 20_000 : 1000)
        }
    }

    private static func remaining(_ found: [SessionSweep.Running], _ count: Int) -> DirectoryFailure {
        let numbers = found.prefix(5).map { "\($0.process)" }.joined(separator: ", ") + (found.count > 5 ? ", …" : "")
        return DirectoryFailure(
            .transient,
            "of \(count) sessions not all have ended: \(found.count) processes are left (\(numbers)), or what they have started since")
    }

    /// All of a user's.
    private static func processes(of user: UInt32, boot: Int64) -> [SessionSweep.Running] {
        var all: [SessionSweep.Running] = []
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let process = pid_t(name), let running = running(process, user, boot) else { continue }
            all.append(running)
        }
        return all
    }

    private static func running(_ process: pid_t, _ user: UInt32, _ boot: Int64) -> SessionSweep.Running? {
        guard let status = text("/proc/\(process)/status"), let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") }),
            line.dropFirst(4).split(separator: "\t").first.flatMap({ UInt32($0) }) == user, let stat = text("/proc/\(process)/stat"),
            // A program's name may hold anything, brackets too.
            let close = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let parent = pid_t(fields[1]), let session = pid_t(fields[3]),
            let ticks = Int64(fields[19])
        else { return nil }
        let began = Timestamp(microseconds: boot * 1_000_000 + ticks * 1_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
        return SessionSweep.Running(process: process, parent: parent, session: session, began: began)
    }

    /// Seconds since 1970.
    private static func bootTime() -> Int64? {
        text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Int64($0.dropFirst(6)) }
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
