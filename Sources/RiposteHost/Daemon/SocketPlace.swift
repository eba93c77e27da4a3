import Glibc
internal import Riposte

/// Where the socket beside a file is: the file's name with `.sock` behind it.
///
/// A socket's address holds 107 bytes. A path that is longer is gone by way of its folder, which is held open:
/// `/proc/self/fd/7/riposte.db.sock`; a name that is too long for that is replaced by a short one made of it.
struct SocketPlace: Sendable {
    /// For people.
    let name: String
    /// For system calls of this process.
    let path: String
    private let folder: OwnedDescriptor?

    /// The longest name that fits behind `/proc/self/fd/2147483647/`.
    private static let nameLimit = UnixStream.longestPath - 25

    init(beside file: String) throws {
        let place = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
        let (before, last) = (String(file[..<place]), String(file[place...]) + ".sock")
        let own = last.utf8.count <= Self.nameLimit ? last : "riposte-\(StableHash.id([last])).sock"
        name = before + own
        guard name.utf8.count > UnixStream.longestPath else {
            (path, folder) = (name, nil)
            return
        }
        let opened = OwnedDescriptor(open(before, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard opened.raw >= 0 else { throw SourceError(errno: errno, path: before) }
        (path, folder) = ("/proc/self/fd/\(opened.raw)/\(own)", opened)
    }

    func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        UnixStream.withAddress(path, body)
    }
}
