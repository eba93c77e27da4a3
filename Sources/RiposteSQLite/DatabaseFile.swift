internal import Riposte

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The file under a database: what SQLite's own messages (“unable to open database file”) leave out.
struct DatabaseFile: Sendable, Hashable {
    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Makes sure that there is a file that can be opened, and creates an empty one for its owner alone where there is none.
    init(preparing givenPath: String) throws {
        guard !givenPath.isEmpty, !givenPath.utf8.contains(0) else { throw StoreError(.cannotOpen, "the store's path is empty") }
        path = Self.absolute(givenPath)
        try Self.createIfMissing(path)
        let status = try Self.status(path)
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw StoreError(.cannotOpen, "“\(path)” is a directory. Name a file in it, such as “\(path)/riposte.db”")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(.cannotOpen, "“\(path)” is not a regular file") }
        guard access(path, R_OK | W_OK) == 0 else { throw Self.failure(path, errno) }
        guard try status.st_size == 0 || Self.startsAsDatabase(path) else { throw StoreError.notADatabase(path) }
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// SQLite goes on writing into a file that nobody can find any more; what it confirms would be lost.
    func checkIsStillThere() throws {
        var status = stat()
        if stat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode { return }
        throw StoreError(
            .cannotWrite, "“\(path)” has been removed or replaced while it was in use. Put it back, or restart to begin a new one")
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }

    private static func createIfMissing(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            giveToFolderOwner(descriptor, path)
            close(descriptor)
        } else if errno != EEXIST {
            throw failure(path, errno)
        }
    }

    /// A command of root's before the first start of a daemon that runs as its own user: that user has to open it. SQLite
    /// gives the files beside it to whoever owns this one.
    private static func giveToFolderOwner(_ descriptor: Int32, _ path: String) {
        var owner = stat()
        guard geteuid() == 0, stat(folder(of: path), &owner) == 0, owner.st_uid != 0 else { return }
        _ = fchown(descriptor, owner.st_uid, owner.st_gid)  // where that fails, the user is told who owns the file
    }

    private static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    private static func status(_ path: String) throws -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path, errno) }
        return status
    }

    private static func startsAsDatabase(_ path: String) throws -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        let magic = Array("SQLite format 3\0".utf8)
        var bytes = [UInt8](repeating: 0, count: magic.count)
        let count = read(descriptor, &bytes, bytes.count)
        // A disk that cannot be read says nothing about what is on it.
        guard count >= 0 else { throw failure(path, errno) }
        return count == bytes.count && bytes == magic
    }

    private static func failure(_ path: String, _ code: Int32) -> StoreError {
        let folder = folder(of: path)
        let advice =
            switch code {
            case ENOENT: "the folder “\(folder)” does not exist. Create it first, for the user that Riposte runs as"
            case ENOTDIR: "“\(folder)” is not a folder"
            case EACCES, EPERM:
                "no permission. Run as the user who owns it, or give user \(getuid()) read and write access to the file and its folder"
            case EROFS: "the file system is mounted read-only"
            case ENOSPC, EDQUOT: "the disk is full"
            case EIO: "the disk reports an error (\(String(cString: strerror(EIO)))). Look at the system's log"
            default: String(cString: strerror(code))
            }
        return StoreError(.cannotOpen, "cannot open “\(path)”: \(advice)")
    }
}
