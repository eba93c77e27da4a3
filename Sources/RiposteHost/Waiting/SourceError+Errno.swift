import Glibc
internal import Riposte

extension SourceError {
    /// Creates the error for a system call that failed with `number` while we tried to `doing` (an infinitive).
    init(errno number: Int32, doing: String) {
        self.init(.system, "cannot \(doing): \(Self.text(number))")
    }

    /// Creates the error for a system call on the file `path`, with a remedy where one is known.
    init(errno number: Int32, path: String) {
        switch number {
        case ENOENT, ENOTDIR: self.init(.notFound, "\(path): no such file")
        case EACCES, EPERM:
            self.init(.permissionDenied, "\(path): permission denied; \(Self.remedy(for: path))")
        case EISDIR: self.init(.unreadable, "\(path): is a directory, not a file")
        case ELOOP: self.init(.unreadable, "\(path): a symbolic link that leads back to itself")
        default: self.init(.system, "\(path): \(Self.text(number))")
        }
    }

    /// What lets the process read `path`: the logs of Debian belong to the group adm.
    private static func remedy(for path: String) -> String {
        path.hasPrefix("/var/log/") ? "add the user to group adm" : "let the user that runs this read it"
    }

    /// The system's own words, beginning in lower case as they stand inside a sentence.
    static func text(_ number: Int32) -> String {
        let words = strerror(number).map { String(cString: $0) } ?? "error \(number)"  // thread-safe in glibc since 2.32
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
