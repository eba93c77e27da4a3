import Glibc
internal import Riposte

/// A stream socket in the file system. Calls block, for as long as its limit at most: it belongs on a thread that may.
final class UnixSocket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Listens at `path`, where only `owner` may connect.
    ///
    /// - Throws: ``SourceError`` where somebody listens there already, or the system says no.
    static func listen(at path: String, owner: uid_t) throws -> UnixSocket {
        if (try? connect(to: path, limit: .seconds(1))) != nil { throw SourceError(.unreadable, "\(path): somebody listens there already") }
        try removeStale(path)
        let socket = try make()
        // Before the bind, which makes the file with this mode: there is no moment in which others may use it.
        fchmod(socket.descriptor, 0o600)
        try with(path) { address, length in
            guard bind(socket.descriptor, address, length) == 0 else { throw SourceError(errno: errno, path: path) }
        }
        // Not what a link in its place leads to: the right to give files away is the one that matters here.
        guard lchown(path, owner, gid_t.max) == 0, Glibc.listen(socket.descriptor, 16) == 0 else {
            throw SourceError(errno: errno, path: path)
        }
        return socket
    }

    /// - Parameter limit: how long each later call may take.
    static func connect(to path: String, limit: Duration) throws -> UnixSocket {
        let socket = try make()
        try socket.limit(limit)
        try with(path) { address, length in
            guard Glibc.connect(socket.descriptor, address, length) == 0 else { throw SourceError(errno: errno, path: path) }
        }
        return socket
    }

    /// The next connection, waited for without a limit.
    func next(limit: Duration) throws -> UnixSocket {
        while true {
            let accepted = accept(descriptor, nil, nil)
            if accepted >= 0 {
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let socket = UnixSocket(accepted)
                try socket.limit(limit)
                return socket
            }
            guard errno == EINTR || errno == ECONNABORTED else { throw SourceError(errno: errno, doing: "accept a connection") }
        }
    }

    /// Whose process is at the other end.
    func peer() throws -> (process: pid_t, user: uid_t) { try UnixStream.peer(of: descriptor) }

    /// Sends one message: four bytes of length, most significant first, then the bytes.
    func send(_ message: [UInt8]) throws {
        let length = UInt32(message.count).bigEndian
        try withUnsafeBytes(of: length) { try write($0) }
        try say(message)
    }

    /// Sends bytes as they are, as a part of a message.
    func say(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// The next message; `nil` where the other side has nothing more to say.
    ///
    /// - Parameter patience: how long all of it may take, however often a little of it comes.
    func receive(atMost limit: Int, within patience: Duration = .seconds(30)) throws -> [UInt8]? {
        let end = ContinuousClock.now + patience
        guard let head = try read(4, isStart: true, until: end) else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard count <= limit else { throw SourceError(.unreadable, "a message of \(count) bytes is longer than \(limit)") }
        return try read(count, isStart: false, until: end)
    }

    // MARK: - Pieces

    private static func make() throws -> UnixSocket { UnixSocket(try UnixStream.make()) }

    private static func removeStale(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SourceError(.unreadable, "\(path): is there and is no socket") }
        guard unlink(path) == 0 else { throw SourceError(errno: errno, path: path) }
    }

    private func limit(_ duration: Duration) throws { try UnixStream.limit(descriptor, to: duration) }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.send(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(errno) }
            rest = rest.dropFirst(count)
        }
    }

    private func read(_ count: Int, isStart: Bool, until end: ContinuousClock.Instant) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let left = ContinuousClock.now.duration(to: end)
            guard left >= .milliseconds(1) else { throw SourceError(.system, "no whole message in time") }
            try limit(left)
            let got = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress.map { $0 + filled }, count - filled, 0) }
            if got < 0, errno == EINTR { continue }
            if got == 0, isStart, filled == 0 { return nil }
            guard got > 0 else {
                throw got == 0 ? SourceError(.unreadable, "the connection was closed in the middle") : Self.failure(errno)
            }
            filled += got
        }
        return bytes
    }

    private static func failure(_ code: Int32) -> SourceError {
        code == EAGAIN || code == EWOULDBLOCK
            ? SourceError(.system, "no answer in time") : SourceError(errno: code, doing: "talk over a socket")
    }

    private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void) throws {
        let room = UnixStream.longestPath
        guard (1...room).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw SourceError(.unreadable, "\(path): a socket's path has 1 to \(room) bytes")
        }
        try UnixStream.withAddress(path, body)
    }
}
