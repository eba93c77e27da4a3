import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Something that listens at 127.0.0.1 and misbehaves. It ends with the tests' process.
final class HostileServer: Sendable {
    let port: UInt16

    /// Answers each piece that it is sent with the next one of its own, and then goes on saying one thing for ever, or nothing.
    convenience init(_ answers: [[UInt8]], endless: [UInt8] = []) throws {
        try self.init { connection, _ in Self.speak(connection, answers, endless) }
    }

    /// Stands before a server at another port: the first who come are hung up on, the others get through.
    convenience init(hangingUpOn count: Int, before port: UInt16) throws {
        try self.init { connection, number in
            guard number >= count else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(server) }
            var address = Self.address(port)
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, size) }
            }
            guard result == 0 else { return }
            let isOver = DispatchSemaphore(value: 0)
            let back = Thread {
                Self.pass(from: server, to: connection)
                isOver.signal()
            }
            back.start()
            Self.pass(from: connection, to: server)
            isOver.wait()
        }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    private static func pass(from one: Int32, to other: Int32) {
        var heard = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(one, &heard, heard.count, 0), count > 0 { _ = send(other, heard, count, Int32(MSG_NOSIGNAL)) }
        shutdown(other, Int32(SHUT_WR))
    }

    /// - Parameter attend: to a connection, the first, second, … one; it is closed afterwards.
    private init(_ attend: @escaping @Sendable (Int32, Int) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) | listen(listener, 16) | getsockname(listener, $0, &length)
            }
        }
        guard result == 0 else { throw Program.Failure(description: "cannot listen") }
        port = UInt16(bigEndian: address.sin_port)
        let accepting = Thread {
            var number = 0
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                let attending = Thread { [number] in
                    attend(connection, number)
                    close(connection)
                }
                attending.start()
                number += 1
            }
        }
        accepting.start()
    }

    private static func speak(_ connection: Int32, _ answers: [[UInt8]], _ endless: [UInt8]) {
        var heard = [UInt8](repeating: 0, count: 65_536)
        for answer in answers {
            guard recv(connection, &heard, heard.count, 0) > 0 else { return }
            guard send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else { return }
        }
        while true {
            if endless.isEmpty {
                guard recv(connection, &heard, heard.count, 0) > 0 else { return }
            } else {
                guard send(connection, endless, endless.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
            }
        }
    }
}

/// What LDAP's messages are made of.
enum BER {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag, 0x84] + withUnsafeBytes(of: UInt32(content.count).bigEndian, Array.init) + content
    }

    /// `id` 1 is the first request's.
    static func message(_ id: UInt8, _ operation: [UInt8]) -> [UInt8] { element(0x30, [2, 1, id] + operation) }

    static func result(_ tag: UInt8) -> [UInt8] { element(tag, [0x0A, 1, 0, 4, 0, 4, 0]) }

    static func entry(_ name: String, _ attribute: String, _ value: [UInt8]) -> [UInt8] {
        let attributes = element(0x30, element(0x30, element(4, Array(attribute.utf8)) + element(0x31, element(4, value))))
        return element(0x64, element(4, Array(name.utf8)) + attributes)
    }
}
