import Foundation
import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A real mail server (aiosmtpd) on 127.0.0.1; what it does is said in Tests/Mail/mail-server.py.
final class MailStandIn {
    let port: UInt16
    private let process = Process()
    private let output: FileHandle
    private var rest = Data()

    static let python = "/usr/bin/python3"
    static var isAvailable: Bool {
        TestCertificate.isAvailable && FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/aiosmtpd")
    }

    struct CouldNotStart: Error {}

    init(_ options: String...) throws {
        let script = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Mail/mail-server.py"
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [script] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        var first = Data()
        while !first.contains(0x0A) {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CouldNotStart() }
            first += data
        }
        let text = String(decoding: first, as: UTF8.self)
        guard text.hasPrefix("PORT "), let port = UInt16(text.dropFirst(5).prefix { $0.isNumber }) else { throw CouldNotStart() }
        self.port = port
    }

    deinit {
        // Swift's threads block signals, and a program started from one inherits that: SIGTERM would not reach it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The next thing that it has taken or refused; waits for it.
    func next() throws -> JSONValue {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = rest[..<end]
                rest = Data(rest[rest.index(after: end)...])
                return try JSONDecoder().decode(JSONValue.self, from: Data(line))
            }
            let data = output.availableData
            guard !data.isEmpty else { throw CouldNotStart() }
            rest += data
        }
    }
}

extension JSONValue {
    /// The values of a header of a message that was taken.
    func header(_ name: String) -> [String] {
        (self["headers"]?.array ?? []).filter { $0.array?.first?.string == name }.compactMap { $0.array?.last?.string }
    }

    /// The text of the part with this type.
    func part(_ type: String) -> String? { self["parts"]?.array?.first { $0["type"]?.string == type }?["text"]?.string }
}
