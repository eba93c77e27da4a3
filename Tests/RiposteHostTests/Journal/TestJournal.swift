import FoundationEssentials
import Glibc
import Riposte
import RiposteHost

/// A journal file that a test writes with `systemd-journal-remote`, since no journald runs where tests do.
struct TestJournal {
    static let writer = "/lib/systemd/systemd-journal-remote"
    static var isWritable: Bool { access(writer, X_OK) == 0 }

    let path: String

    struct Entry {
        var seconds: Int64
        var message: [UInt8]
        var unit = "ssh.service"
        var identifier = "sshd"
    }

    /// Appends `entries`, which begin `start` seconds after a fixed instant.
    func append(_ entries: [Entry]) throws {
        let export = path + ".export"
        try writeBytes(entries.flatMap(Self.export), to: export)
        defer { unlink(export) }
        let process = try ChildProgram.start(Self.writer, ["-o", path, export])
        guard try ChildProgram.wait(for: process) == 0 else { throw TemporaryFolder.Failure("systemd-journal-remote") }
    }

    static let epoch = Timestamp(seconds: 1_795_000_000)

    /// The journal's export format: a field as text, or, for a binary one, as its name, a 64-bit size and its bytes.
    private static func export(_ entry: Entry) -> [UInt8] {
        let time = epoch.microseconds + entry.seconds * 1_000_000
        var bytes = Array(
            """
            __REALTIME_TIMESTAMP=\(time)
            __MONOTONIC_TIMESTAMP=\(entry.seconds * 1_000_000 + 1_000_000)
            _BOOT_ID=00000000000000000000000000000001
            _SYSTEMD_UNIT=\(entry.unit)
            _HOSTNAME=web
            SYSLOG_IDENTIFIER=\(entry.identifier)
            _PID=7
            MESSAGE

            """.utf8)
        let count = UInt64(entry.message.count)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64($0 * 8)) }
        return bytes + entry.message + Array("\n\n".utf8)
    }
}
