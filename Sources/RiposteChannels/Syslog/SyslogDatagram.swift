// Its headers hold a part of the sockets' structures, for a compiler that builds all files at once.
internal import CLibcurl
internal import Riposte

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One message as one datagram. Waits for the name to be looked up; for a thread of its own.
struct SyslogDatagram {
    private let configuration: SyslogConfiguration
    private var server: SyslogServer { configuration.server }

    init(_ configuration: SyslogConfiguration) { self.configuration = configuration }

    func send(_ message: [UInt8]) throws(DeliveryFailure) {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
        #else
        hints.ai_socktype = SOCK_DGRAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server.host, "\(server.port)", &hints, &first) == 0, let first else {
            throw DeliveryFailure(.transient, "the name in \(server) does not resolve")
        }
        defer { freeaddrinfo(first) }
        // Of a datagram nobody can say that another address would have been better.
        try send(message, to: first.pointee)
    }

    private func send(_ message: [UInt8], to target: addrinfo) throws(DeliveryFailure) {
        guard let raw = target.ai_addr, let address = IPAddress(raw) else {
            throw DeliveryFailure(.transient, "\(server) is at no address that can be sent to")
        }
        if let reason = server.policy(allowing: configuration.allowedNetworks).refusal(of: address) {
            throw DeliveryFailure(.refused(address, reason, server.host))
        }
        let descriptor = Self.open(target)
        guard descriptor >= 0 else { throw DeliveryFailure(.transient, "no socket for \(server): \(Self.reason(errno))") }
        defer { close(descriptor) }
        guard connect(descriptor, raw, target.ai_addrlen) == 0, write(message, descriptor) == message.count else {
            let kind: FailureKind = errno == EMSGSIZE ? .permanent : .transient
            throw DeliveryFailure(kind, "the datagram to \(server) was not sent: \(Self.reason(errno))")
        }
        try listen(descriptor)
    }

    private func write(_ message: [UInt8], _ descriptor: CInt) -> Int {
        #if canImport(Darwin)
        Darwin.write(descriptor, message, message.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, message, message.count)
        #else
        Glibc.write(descriptor, message, message.count)
        #endif
    }

    /// A host where nobody listens says so, at once where it is near.
    private func listen(_ descriptor: CInt) throws(DeliveryFailure) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 50) > 0, entry.revents & Int16(POLLERR) != 0 else { return }
        throw DeliveryFailure(.transient, "nobody listens at \(server)")
    }

    private static func open(_ target: addrinfo) -> CInt {
        #if canImport(Darwin)
        socket(target.ai_family, target.ai_socktype, target.ai_protocol)
        #else
        socket(target.ai_family, target.ai_socktype | CInt(SOCK_CLOEXEC.rawValue), target.ai_protocol)
        #endif
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}

extension IPAddress {
    /// `nil` for another family.
    fileprivate init?(_ address: UnsafePointer<sockaddr>) {
        switch CInt(address.pointee.sa_family) {
        case AF_INET:
            let v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self.init(v4: UInt32(bigEndian: v4.sin_addr.s_addr))
        case AF_INET6:
            let v6 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            let value = withUnsafeBytes(of: v6.sin6_addr) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
            self.init(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
        default: return nil
        }
    }
}
