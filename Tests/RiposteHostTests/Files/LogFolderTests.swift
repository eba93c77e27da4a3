import Riposte
import Testing

@testable import RiposteHost

@Suite struct `the folder of a log` {
    let files = TemporaryFolder()
    var path: String { files / "auth.log" }

    /// A folder that is rotated, each time its names were read, while there are `rotations` left to do.
    func folder(rotations: Int) -> LogFolder {
        var left = rotations
        return LogFolder(path: path) { [path] directory in
            defer {
                if left > 0 { try? rotate(path, number: left) }
                left -= 1
            }
            return LogFolder.names(in: directory)
        }
    }

    @Test func `has no file twice and leaves none out when it is rotated meanwhile`() throws {
        let log = try LogWriter(path)
        try log.write("old")
        let contents = try folder(rotations: 2).contents()
        #expect(try contents.current.get().size == 0)
        #expect(contents.siblings.map(\.size).sorted() == [0, 3])
    }

    @Test func `gives up when the rotations do not end`() throws {
        _ = try LogWriter(path)
        #expect(throws: SourceError(.system, "")) { try folder(rotations: .max).contents() }
    }

    @Test func `says why there is no log, and has the rotated ones all the same`() throws {
        try LogWriter(files / "auth.log.1").write("old")
        let contents = try folder(rotations: 0).contents()
        #expect(contents.siblings.map(\.path) == [files / "auth.log.1"])
        #expect(throws: SourceError(.notFound, "")) { try contents.current.get() }
    }
}

/// Renames the log and makes a new one, as `logrotate` does.
private func rotate(_ path: String, number: Int) throws {
    try rename(path, to: path + ".\(number)")
    _ = try LogWriter(path)
}
