import Foundation
import Glibc

/// A connection to a port of this machine whose bytes a test writes itself, as slowly as it likes.
final class RawConnection: Sendable {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard code == 0 else { throw CocoaError(.fileReadUnknown) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    }

    /// The head of a form that follows, as `browser` sends it.
    func begin(_ path: String, _ form: String, from ip: String, _ browser: Browser) {
        send(
            "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: \(ip)\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n"
                + "Cookie: \(browser.cookies.map { "\($0)=\($1)" }.joined(separator: "; "))\r\n\r\n")
    }

    /// All that comes until the other end closes. Waits on a thread of its own: the server needs those of this process.
    func answer() async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var (answer, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 4096))
                while case let count = recv(self.descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
                continuation.resume(returning: String(decoding: answer, as: UTF8.self))
            }
        }
    }
}
