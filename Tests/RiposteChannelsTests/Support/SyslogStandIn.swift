import Foundation
import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server that takes syslog messages on 127.0.0.1, as another program: the strict one of Tests/Syslog/syslog-server.py, or a real
/// rsyslogd.
final class SyslogStandIn {
    let port: UInt16
    private let process = Process()
    private let output: FileHandle
    private var rest = Data()
    private var folder: URL?

    static let python = "/usr/bin/python3"
    static let rsyslogd = "/usr/sbin/rsyslogd"
    static var isAvailable: Bool { TestCertificate.isAvailable && FileManager.default.isExecutableFile(atPath: python) }
    static var hasRsyslog: Bool { FileManager.default.isExecutableFile(atPath: rsyslogd) }

    struct CouldNotStart: Error {}

    /// - Parameter arguments: `udp`, `tcp`, or `tls` and a file with key and certificate.
    init(_ arguments: String...) throws {
        let script = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Syslog/syslog-server.py"
        output = try Self.run(process, Self.python, [script] + arguments)
        let first = try Self.line(&rest, output)
        guard first.hasPrefix("PORT "), let port = UInt16(first.dropFirst(5)) else { throw CouldNotStart() }
        self.port = port
    }

    /// A real rsyslogd, which listens over TCP and says what it has read of each message as JSON.
    init(rsyslogIn folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (file, place) = (folder.appendingPathComponent("rsyslog.conf"), folder.appendingPathComponent("port"))
        let seen = folder.appendingPathComponent("seen")
        try Data().write(to: seen)
        let parts = ["syslogpriority", "hostname", "app-name", "msgid", "structured-data", "msg"]
            .map { #"constant(value="\"\#($0)\":\"") property(name="\#($0)" format="json") constant(value="\"")"# }
        let configuration = """
            global(workDirectory="\(folder.path)" parser.escapeControlCharactersOnReceive="off")
            module(load="imtcp")
            input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="\(place.path)")
            template(name="seen" type="list") { constant(value="{") \(parts.joined(separator: " constant(value=\",\") ")) constant(value="}\\n") }
            action(type="omfile" file="\(seen.path)" template="seen")
            """
        try Data(configuration.utf8).write(to: file)
        output = try FileHandle(forReadingFrom: seen)
        _ = try Self.run(process, Self.rsyslogd, ["-n", "-f", file.path, "-i", folder.appendingPathComponent("pid").path])
        let deadline = Date.now + 60
        while true {
            if let text = try? String(contentsOf: place, encoding: .utf8), let port = UInt16(text.filter(\.isNumber)) {
                self.port = port
                return
            }
            guard process.isRunning, Date.now < deadline else { throw CouldNotStart() }
            usleep(10_000)
        }
    }

    deinit {
        // Swift's threads block signals, and a program started from one inherits that: SIGTERM would not reach it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    /// The next message that has come; waits for it.
    func next() throws -> JSONValue { try JSONValue(json: Self.line(&rest, output)) }

    private static func run(_ process: Process, _ program: String, _ arguments: [String]) throws -> FileHandle {
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        return pipe.fileHandleForReading
    }

    /// Fails where nothing comes for a long time, rather than waiting for ever.
    private static func line(_ rest: inout Data, _ output: FileHandle) throws -> String {
        let deadline = Date.now + 30
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = Data(rest[rest.index(after: end)...])
                return line
            }
            var entry = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 1000) >= 0, Date.now < deadline else { throw CouldNotStart() }
            guard entry.revents != 0 else { continue }
            let data = output.availableData
            if data.isEmpty { usleep(10_000) }  // the end of a file that is still written to
            rest += data
        }
    }
}
