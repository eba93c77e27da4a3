import Foundation

/// A key and a certificate that names 127.0.0.1 and nothing else, made for one test.
final class TestCertificate: Sendable {
    /// Key and certificate in one file; the file to trust, too.
    let path: String
    private let folder: URL

    static let program = "/usr/bin/openssl"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: program) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (key, certificate) = (folder.appendingPathComponent("key.pem"), folder.appendingPathComponent("certificate.pem"))
        path = folder.appendingPathComponent("both.pem").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=riposte-test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key.path, "-out", certificate.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try (Data(contentsOf: key) + Data(contentsOf: certificate)).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
