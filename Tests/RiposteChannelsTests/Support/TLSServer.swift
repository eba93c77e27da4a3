import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// OpenSSL's own test server on 127.0.0.1, with a certificate made for it that names this address and nothing else.
final class TLSServer {
    /// The file to trust.
    var certificate: String { own.path }
    let port: UInt16
    private let own: TestCertificate
    private let process: Process

    static var isAvailable: Bool { TestCertificate.isAvailable }

    struct CouldNotStart: Error {}

    init(options: [String] = []) throws {
        own = try TestCertificate()
        let server = try Self.start(["s_server", "-accept", "127.0.0.1:0", "-www", "-key", own.path, "-cert", own.path] + options)
        process = server.process
        port = try Self.port(server.output)
    }

    deinit {
        // Swift's threads block signals, and a program started from one inherits that: SIGTERM would not reach it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: TestCertificate.program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    /// Reads the line `ACCEPT 127.0.0.1:PORT`, which comes when the server listens.
    private static func port(_ output: FileHandle) throws -> UInt16 {
        var text = ""
        while true {
            let data = output.availableData
            guard !data.isEmpty else { throw CouldNotStart() }
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1) where line.hasPrefix("ACCEPT ") {
                guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw CouldNotStart() }
                return port
            }
        }
    }
}
