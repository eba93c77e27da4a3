import Glibc
internal import Riposte

/// What stream sockets in the file system have in common.
enum UnixStream {
    /// How many bytes a socket's address holds.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// A socket, connected to nobody yet. It is whoever asks who closes it.
    static func make() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SourceError(errno: errno, doing: "make a socket") }
        return descriptor
    }

    /// `path` as bind(2) and connect(2) take it. What is longer than ``longestPath`` is left away.
    static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result) rethrows -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        return try withUnsafePointer(to: address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Whose process is at the other end, as the kernel knows it (unix(7), SO_PEERCRED).
    static func peer(of descriptor: Int32) throws -> (process: pid_t, user: uid_t) {
        // The kernel's `struct ucred`, which Swift does not see: process, user, group.
        var credentials: (process: pid_t, user: uid_t, group: gid_t) = (0, .max, .max)
        var length = socklen_t(MemoryLayout<(pid_t, uid_t, gid_t)>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
            throw SourceError(errno: errno, doing: "ask who is connected")
        }
        return (credentials.process, credentials.user)
    }

    /// How long each later call may take.
    static func limit(_ descriptor: Int32, to duration: Duration) throws {
        var time = timeval(tv_sec: Int(duration.microseconds / 1_000_000), tv_usec: Int(duration.microseconds % 1_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            guard setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size)) == 0 else {
                throw SourceError(errno: errno, doing: "limit a socket")
            }
        }
    }
}
