#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A non-blocking stream socket that closes with its last reference.
final class LocalSocket: Sendable {
    let descriptor: CInt

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<CInt>.size))
        #endif
    }

    deinit { close(descriptor) }

    /// A listener on a free port of 127.0.0.1, and that port. Whoever takes the descriptor closes it.
    static func listener() throws(LocalHTTPServer.StartError) -> (descriptor: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, streamType, 0)
        guard descriptor >= 0 else { throw LocalHTTPServer.StartError("no socket", errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) == 0 && listen(descriptor, 128) == 0 && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            close(descriptor)
            throw LocalHTTPServer.StartError("no port", code)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Two sockets that are connected to each other.
    static func pair() throws(LocalHTTPServer.StartError) -> (LocalSocket, LocalSocket) {
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, streamType, 0, &ends) == 0 else { throw LocalHTTPServer.StartError("no pair of sockets", errno) }
        return (LocalSocket(ends[0]), LocalSocket(ends[1]))
    }

    #if canImport(Glibc)
    private static let streamType = CInt(SOCK_STREAM.rawValue)
    #else
    private static let streamType = SOCK_STREAM
    #endif

    /// The next connection; `nil` where none waits.
    func acceptNext() -> LocalSocket? {
        let next = accept(descriptor, nil, nil)
        return next >= 0 ? LocalSocket(next) : nil
    }

    enum Received {
        case bytes(ArraySlice<UInt8>)
        case nothing, closed
    }

    func receive(_ buffer: inout [UInt8]) -> Received {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return .bytes(buffer[..<count]) }
        return count < 0 && [EAGAIN, EINTR].contains(errno) ? .nothing : .closed
    }

    /// How many bytes were taken; `nil` where the other side is gone.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        #if canImport(Darwin)
        let flags: CInt = 0
        #else
        let flags = CInt(MSG_NOSIGNAL)
        #endif
        let count = bytes.withUnsafeBytes { sendBytes($0, flags) }
        if count >= 0 { return count }
        return [EAGAIN, EINTR].contains(errno) ? 0 : nil
    }

    private func sendBytes(_ bytes: UnsafeRawBufferPointer, _ flags: CInt) -> Int {
        #if canImport(Darwin)
        Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #elseif canImport(Musl)
        Musl.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #else
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #endif
    }
}
