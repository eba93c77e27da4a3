internal import CLibcurl
internal import Riposte

/// Opens the connections of one transfer, where the address policy lets it. Lives on the transferring thread alone.
final class ConnectionGate {
    private let policy: AddressPolicy
    private var refused: (address: IPAddress, reason: String)?
    private var hasOpened = false

    init(_ policy: AddressPolicy) { self.policy = policy }

    /// The address that was not connected to, where none was.
    var refusal: (address: IPAddress, reason: String)? { hasOpened ? nil : refused }

    /// libcurl calls back only while the transfer is in the set, which holds it and so this.
    func watch(_ easy: EasyHandle) throws(HTTPError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try easy.check(
            riposte_curl_on_open_socket(
                easy.raw,
                { me, _, address in
                    me.map { Unmanaged<ConnectionGate>.fromOpaque($0).takeUnretainedValue().open(address) } ?? CURL_SOCKET_BAD
                }, me))
    }

    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address, let ip = IPAddress(address) else { return CURL_SOCKET_BAD }
        if let reason = policy.refusal(of: ip) {
            refused = (ip, reason)
            return CURL_SOCKET_BAD
        }
        hasOpened = true
        return riposte_curl_open(address)
    }
}

extension IPAddress {
    /// `nil` for another family.
    fileprivate init?(_ address: UnsafePointer<curl_sockaddr>) {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = riposte_curl_address(address, &bytes)
        let value = bytes[..<count].reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: value))
        case 16: self.init(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
        default: return nil
        }
    }
}
