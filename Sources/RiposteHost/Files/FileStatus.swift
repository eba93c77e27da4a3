import Glibc
internal import Riposte

/// Which file it is, whatever its name: the file system's number and the file's in it.
struct FileIdentity: Hashable {
    var device: UInt64
    var inode: UInt64
}

/// What the file system says of a file.
struct FileStatus: Equatable {
    var identity: FileIdentity
    var size: UInt64
    var modified: Timestamp
    var isRegular: Bool
    /// Under how many names it is; 0 once it was deleted.
    var links: Int

    /// The status of an open file.
    init(of descriptor: OwnedDescriptor) throws(SourceError) {
        var raw = stat()
        guard fstat(descriptor.raw, &raw) == 0 else { throw SourceError(errno: errno, doing: "ask for a file's size") }
        self.init(raw)
    }

    /// The status of what `path` leads to, through symbolic links.
    init(path: String) throws(SourceError) {
        var raw = stat()
        guard stat(path, &raw) == 0 else { throw SourceError(errno: errno, path: path) }
        self.init(raw)
    }

    private init(_ raw: stat) {
        identity = FileIdentity(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino))
        size = UInt64(max(raw.st_size, 0))
        modified = Timestamp(microseconds: Int64(raw.st_mtim.tv_sec) * 1_000_000 + Int64(raw.st_mtim.tv_nsec) / 1000)
        isRegular = raw.st_mode & S_IFMT == S_IFREG
        links = Int(raw.st_nlink)
    }
}

extension OwnedDescriptor {
    /// Opens the file at `path` for reading.
    convenience init(reading path: String) throws(SourceError) {
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard raw >= 0 else { throw SourceError(errno: errno, path: path) }
        self.init(raw)
    }

    /// Which use of its inode the file is (`FS_IOC_GETVERSION`, as ext4, xfs, btrfs and f2fs have it); `nil` on other file
    /// systems, such as tmpfs and overlayfs.
    var generation: UInt32? {
        var answer: [UInt32] = [0, 0]  // the request is declared with a long, and answered with an int
        return ioctl(raw, 0x8008_7601, &answer) == 0 ? answer[0] : nil
    }

    /// The bytes at `offset`, at most `count`, behind a copy of `prefix`; no more than `prefix` at the end of the file.
    func read(_ count: Int, at offset: UInt64, behind prefix: [UInt8] = []) throws(SourceError) -> [UInt8] {
        try bytes(count, behind: prefix) { pread(raw, $0, count, off_t(clamping: offset)) }
    }

    /// The next bytes of something that cannot be read at an offset.
    func readNext(_ count: Int, behind prefix: [UInt8] = []) throws(SourceError) -> [UInt8] {
        try bytes(count, behind: prefix) { Glibc.read(raw, $0, count) }
    }

    private func bytes(
        _ count: Int, behind prefix: [UInt8], _ read: (UnsafeMutableRawPointer) -> Int
    ) throws(SourceError) -> [UInt8] {
        var failure: Int32 = 0
        let answer = [UInt8](unsafeUninitializedCapacity: prefix.count + count) { buffer, used in
            used = buffer.update(fromContentsOf: prefix)
            guard let start = buffer.baseAddress else { return }
            var got = 0
            repeat { got = read(UnsafeMutableRawPointer(start + used)) } while got < 0 && errno == EINTR
            if got < 0 { failure = errno } else { used += got }
        }
        guard failure == 0 else { throw SourceError(errno: failure, doing: "read") }
        return answer
    }
}
