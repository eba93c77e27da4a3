import Glibc
public import Riposte

/// The addresses of this machine's own network interfaces, which must never be blocked.
public enum OwnAddresses {
    /// Asks the system for the addresses as they are now, loopback and link-local ones included.
    ///
    /// They change with the network: ask again from time to time.
    ///
    /// - Throws: `SourceError` when the system does not tell them.
    public static func current() throws -> Set<IPAddress> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { throw SourceError(errno: errno, doing: "read this machine's addresses") }
        defer { freeifaddrs(first) }
        var addresses = Set<IPAddress>()
        var next = first
        while let entry = next {
            if let address = address(at: entry.pointee.ifa_addr) { addresses.insert(address) }
            next = entry.pointee.ifa_next
        }
        return addresses
    }

    private static func address(at pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let pointer else { return nil }
        let raw = UnsafeRawPointer(pointer)
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            return IPAddress(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let bytes = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return withUnsafeBytes(of: bytes) { raw in
                IPAddress(
                    high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
        default: return nil
        }
    }
}
