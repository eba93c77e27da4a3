import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Who holds the store's lease: host, process and when the process was started, so that a number that was given again is
/// not taken for the same process.
struct LeaseHolder: CustomStringConvertible, Equatable {
    var host: String
    var process: Int32
    var startedAt: String

    static func current() -> LeaseHolder {
        let process = getpid()
        return LeaseHolder(host: hostName(), process: process, startedAt: startTime(process) ?? "0")
    }

    var description: String { "\(host)/\(process)/\(startedAt)" }

    init(host: String, process: Int32, startedAt: String) {
        (self.host, self.process, self.startedAt) = (host, process, startedAt)
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 3, let process = Int32(parts[1]) else { return nil }
        self.init(host: parts[0], process: process, startedAt: parts[2])
    }

    /// Whether it is known to be gone: a process of this host that runs no more. Of another host nobody can say.
    var isGone: Bool { host == Self.hostName() && Self.startTime(process) != startedAt }

    /// For people.
    var name: String { "process \(process) on \(host)" }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The 22nd field of /proc/PID/stat: ticks from boot to the process's start.
    private static func startTime(_ process: Int32) -> String? {
        guard let text = try? SmallFile.read("/proc/\(process)/stat"), let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}
