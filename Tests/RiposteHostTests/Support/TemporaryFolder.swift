import Glibc

/// A folder for one test, removed with what is in it.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/riposte-test-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/nowhere"
    }

    deinit {
        if let names = try? names() { for name in names { unlink(self / name) } }
        rmdir(path)
    }

    static func / (folder: TemporaryFolder, name: String) -> String { folder.path + "/" + name }

    func names() throws -> [String] {
        guard let stream = opendir(path) else { throw Failure(path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// A system call of a test that did not work.
    struct Failure: Error {
        let text: String
        init(_ what: String) { text = "\(what): \(String(cString: strerror(errno)))" }
    }
}

/// A program that writes a log: holds the file open, as `rsyslogd` does, whatever becomes of its name.
final class LogWriter {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TemporaryFolder.Failure(path) }
    }

    deinit { close(descriptor) }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw TemporaryFolder.Failure("write") }
    }

    func truncate() throws {
        guard ftruncate(descriptor, 0) == 0 else { throw TemporaryFolder.Failure("truncate") }
    }
}

func rename(_ old: String, to new: String) throws {
    guard Glibc.rename(old, new) == 0 else { throw TemporaryFolder.Failure("rename \(old)") }
}

func copy(_ old: String, to new: String) throws {
    let from = open(old, O_RDONLY | O_CLOEXEC)
    let to = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer {
        close(from)
        close(to)
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(from, &buffer, buffer.count)
        guard count > 0 else { break }
        guard Glibc.write(to, buffer, count) == count else { throw TemporaryFolder.Failure("copy") }
    }
}
