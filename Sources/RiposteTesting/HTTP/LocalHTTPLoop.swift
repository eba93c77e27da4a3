#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The server's thread: accepts, reads, answers. Never waits for one client alone.
struct LocalHTTPLoop {
    let listener: LocalSocket
    let wakeUp: LocalSocket
    let limits: LocalHTTPServer.Limits
    let record: LocalHTTPRecord
    let handler: @Sendable (LocalHTTPServer.Request) -> LocalHTTPServer.Response
    private var connections: [LocalHTTPConnection] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(
        listener: LocalSocket, wakeUp: LocalSocket, limits: LocalHTTPServer.Limits, record: LocalHTTPRecord,
        handler: @escaping @Sendable (LocalHTTPServer.Request) -> LocalHTTPServer.Response
    ) {
        self.listener = listener
        self.wakeUp = wakeUp
        self.limits = limits
        self.record = record
        self.handler = handler
    }

    mutating func run() {
        while !record.isStopped {
            let ready = wait()
            if ready.first == true { _ = wakeUp.receive(&buffer) }
            for (connection, isReady) in zip(connections, ready.dropFirst(2)) where isReady { serve(connection) }
            connections.removeAll(where: \.hasEnded)
            if ready.dropFirst().first == true { acceptAll() }
            record.answerWaiters(connections: connections.count, at: .now)
        }
    }

    private mutating func serve(_ connection: LocalHTTPConnection) {
        let (record, limit, handler) = (record, limits.kept, handler)
        guard !connection.wantsToWrite else { return connection.writable() }
        connection.readable(&buffer) { request in
            record.add(request, limit: limit)
            return handler(request)
        }
    }

    private mutating func acceptAll() {
        while connections.count < limits.connections, let next = listener.acceptNext() {
            connections.append(LocalHTTPConnection(next, limits))
        }
    }

    /// Which of wake-up, listener and connections, in this order, have something to do.
    private func wait() -> [Bool] {
        let accepts = connections.count < limits.connections
        var polled = [pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
        polled.append(pollfd(fd: listener.descriptor, events: accepts ? Int16(POLLIN) : 0, revents: 0))
        polled += connections.map { pollfd(fd: $0.socket.descriptor, events: Int16($0.wantsToWrite ? POLLOUT : POLLIN), revents: 0) }
        poll(&polled, nfds_t(polled.count), record.hasWaiters ? 20 : 10_000)
        return polled.map { $0.revents != 0 }
    }
}
