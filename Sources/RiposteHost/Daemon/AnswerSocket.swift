import Glibc
internal import Riposte

/// A Unix socket beside a file, at which every caller is told something and let go. For the user of this process and for
/// root, nobody else.
///
/// It is made at start and needs no disk afterwards, so it answers when nothing can be written any more.
public final class AnswerSocket: Sendable {
    private let place: SocketPlace
    private let listener: OwnedDescriptor
    /// Which file it is: another process may have put its own in the place meanwhile.
    private let identity: FileIdentity

    /// Listens beside `file`; what a process that is gone has left there is replaced.
    public init(beside file: String) throws {
        let place = try SocketPlace(beside: file)
        let listener = OwnedDescriptor(try UnixStream.make())
        // Before the bind, which makes the file with this mode: there is no moment in which others may use it.
        fchmod(listener.raw, 0o600)
        unlink(place.path)
        guard place.withAddress({ bind(listener.raw, $0, $1) }) == 0, listen(listener.raw, 16) == 0, let made = Self.identity(place.path)
        else { throw SourceError(errno: errno, doing: "listen at \(place.name)") }
        (self.place, self.listener, identity) = (place, listener, made)
    }

    deinit { if Self.identity(place.path) == identity { unlink(place.path) } }

    /// Tells everybody who comes what `answer` says then, until the task is cancelled.
    public func serve(_ answer: @escaping @Sendable () -> [UInt8]) async throws {
        let wakeUp = try WakeUp()
        let thread = try ConfinedThread.start { [listener] in listener }
        defer { thread.stop() }
        try await withTaskCancellationHandler {
            try await thread.perform { listener in
                while try wakeUp.wait(for: listener.raw, timeout: nil) { Self.tell(answer, at: listener) }
            }
            try Task.checkCancellation()
        } onCancel: {
            wakeUp.signal()
        }
    }

    /// What is told beside `file`; `nil` where nobody listens.
    ///
    /// - Throws: ``SourceError`` where somebody listens and does not answer within `limit`, or may not be asked.
    public static func ask(beside file: String, within limit: Duration) async throws -> [UInt8]? {
        let thread = try ConfinedThread.start { try SocketPlace(beside: file) }
        defer { thread.stop() }
        return try await thread.perform { try Self.ask($0, within: limit) }
    }

    private static func tell(_ answer: () -> [UInt8], at listener: OwnedDescriptor) {
        let caller = OwnedDescriptor(accept(listener.raw, nil, nil))
        // Somebody who asks and does not listen holds up the next one no longer than this.
        guard caller.raw >= 0, isAllowed(caller.raw), (try? UnixStream.limit(caller.raw, to: .seconds(1))) != nil else { return }
        _ = fcntl(caller.raw, F_SETFD, FD_CLOEXEC)
        var rest = answer()[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(caller.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func isAllowed(_ caller: Int32) -> Bool {
        guard let user = try? UnixStream.peer(of: caller).user else { return false }
        return user == geteuid() || user == 0
    }

    private static func ask(_ place: SocketPlace, within limit: Duration) throws -> [UInt8]? {
        let asking = OwnedDescriptor(try UnixStream.make())
        try UnixStream.limit(asking.raw, to: limit)
        guard place.withAddress({ connect(asking.raw, $0, $1) }) == 0 else {
            if errno == ENOENT || errno == ECONNREFUSED { return nil }
            throw SourceError(errno: errno, doing: "ask at \(place.name)")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(asking.raw, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SourceError(errno: errno == EAGAIN ? ETIMEDOUT : errno, doing: "get an answer at \(place.name)") }
            if count == 0 { return answer }
            answer += buffer.prefix(count)
        }
    }

    private static func identity(_ path: String) -> FileIdentity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
