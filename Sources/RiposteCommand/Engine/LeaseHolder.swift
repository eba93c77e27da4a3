import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Who holds the store's lease: host, process and when the process was started, so that a number that was given again is
/// not taken for the same process.
struct LeaseHolder: CustomStringConvertible, Equatable {
    /// For how long it means to hold it.
    enum Role: String {
        /// Until it is stopped.
        case daemon
        /// For as long as one command takes.
        case command
    }

    var host: String
    /// Where its process number means something: containers that share a host's name do not share numbers.
    var namespace: String
    var process: Int32
    var startedAt: String
    var role: Role

    static func current(_ role: Role) -> LeaseHolder {
        let process = getpid()
        return LeaseHolder(
            host: hostName(), namespace: processNamespace(), process: process, startedAt: status(of: process)?.startedAt ?? "0", role: role)
    }

    var description: String { "\(host)/\(namespace)/\(process)/\(startedAt)/\(role.rawValue)" }

    /// Whether its process number means something here.
    var isOfThisMachine: Bool { host == Self.hostName() && namespace == Self.processNamespace() }

    /// Whether it is known to be gone: a process of this machine that runs no more. Of another machine nobody can say.
    var isGone: Bool {
        guard isOfThisMachine else { return false }
        if kill(process, 0) == -1, errno == ESRCH { return true }
        guard let status = Self.status(of: process) else { return false }
        return status.isDead || status.startedAt != startedAt
    }

    /// For people.
    var name: String { role == .daemon ? "the daemon with process \(process) on \(host)" : "a command, process \(process) on \(host)" }

    static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The number of the process namespace, as /proc/self/ns/pid names it; `-` where it does not.
    private static func processNamespace() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard readlink("/proc/self/ns/pid", &buffer, buffer.count - 1) > 0 else { return "-" }
        let digits = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)).filter { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "-" : String(decoding: digits, as: UTF8.self)
    }

    /// The third and the 22nd field of /proc/PID/stat: whether it has ended and only waits to be noticed, and the ticks from
    /// boot to its start. `nil` for a process that is gone or hidden.
    private static func status(of process: Int32) -> (isDead: Bool, startedAt: String)? {
        guard let text = try? SmallFile.read("/proc/\(process)/stat"), let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        return fields.count > 19 ? (["Z", "X"].contains(fields[0]), String(fields[19])) : nil
    }
}

extension LeaseHolder {
    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 5, let process = Int32(parts[2]), let role = Role(rawValue: parts[4]) else { return nil }
        self.init(host: parts[0], namespace: parts[1], process: process, startedAt: parts[3], role: role)
    }
}
