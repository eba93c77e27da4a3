import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// OpenSSL's own test server on 127.0.0.1, with a certificate made for it that names this address and nothing else.
final class TLSServer {
    /// The file to trust.
    let certificate: String
    let port: UInt16
    private let folder: URL
    private let process: Process

    static let program = "/usr/bin/openssl"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: program) }

    struct CouldNotStart: Error {}

    init(options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (key, certificate) = (folder.appendingPathComponent("key.pem").path, folder.appendingPathComponent("cert.pem").path)
        self.certificate = certificate
        let made = try Self.start([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=riposte-test", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        made.process.waitUntilExit()
        let server = try Self.start(["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate] + options)
        process = server.process
        port = try Self.port(server.output)
    }

    deinit {
        // Swift's threads block signals, and a program started from one inherits that: SIGTERM would not reach it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
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
