import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sends bytes to a port of this machine and gives back all that is answered until the connection is closed.
func exchange(_ pieces: [[UInt8]], port: UInt16) throws -> String {
    #if canImport(Glibc)
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    let flags = CInt(MSG_NOSIGNAL)
    #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    let flags: CInt = 0
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) } }
    guard code == 0 else { throw CocoaError(.fileReadUnknown) }
    for piece in pieces where piece.withUnsafeBytes({ send(descriptor, $0.baseAddress, $0.count, flags) }) < 0 { break }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
        answer += buffer[..<count]
    }
}
