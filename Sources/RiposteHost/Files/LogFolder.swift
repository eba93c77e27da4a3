import Glibc
internal import Riposte

/// What lies around a log file: the file its name leads to, and the rotated ones beside it.
struct LogFolder {
    let path: String

    /// The file that the name leads to.
    func current() throws(SourceError) -> LogSibling {
        let status = try FileStatus(path: path)
        guard status.isRegular else { throw SourceError(.unreadable, "\(path): is not a regular file") }
        return try Self.sibling(at: path, name: nil)
    }

    /// The folders to watch: that of the name, and that of the file where a symbolic link leads elsewhere.
    var directories: [String] { Array(Set(places.map(\.directory))).sorted() }

    /// The rotated files of this log, and the file with the inode `inode` whatever it is called. What cannot be opened
    /// is left out.
    func siblings(withInode inode: UInt64) -> [LogSibling] {
        var found: [FileIdentity: LogSibling] = [:]
        for place in places {
            for entry in Self.entries(of: place.directory) where entry.name != place.base {
                let name = RotatedName(entry.name, of: place.base)
                guard name != nil || entry.inode == inode else { continue }
                guard let sibling = try? Self.sibling(at: place.directory + "/" + entry.name, name: name) else { continue }
                found[sibling.identity] = sibling
            }
        }
        return Array(found.values)
    }

    private struct Place {
        var directory: String
        var base: String

        init(_ path: String) {
            let slash = path.lastIndex(of: "/")
            base = slash.map { String(path[path.index(after: $0)...]) } ?? path
            directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        }
    }

    private var places: [Place] {
        guard let raw = realpath(path, nil) else { return [Place(path)] }
        defer { free(raw) }
        return [Place(path), Place(String(cString: raw))]
    }

    private static func entries(of directory: String) -> [(name: String, inode: UInt64)] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var entries: [(name: String, inode: UInt64)] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            entries.append((name, UInt64(entry.pointee.d_ino)))
        }
        return entries
    }

    private static func sibling(at path: String, name: RotatedName?) throws(SourceError) -> LogSibling {
        guard try FileStatus(path: path).isRegular else { throw SourceError(.unreadable, "\(path): is not a regular file") }
        let descriptor = try OwnedDescriptor(reading: path)
        let status = try FileStatus(of: descriptor)
        let unpacked = name?.isCompressed == true ? try unpackedSize(of: descriptor, path: path, packed: status.size) : nil
        return LogSibling(
            path: path, identity: status.identity, size: status.size, modified: status.modified,
            head: try descriptor.read(FileFingerprint.limit, at: 0), name: name, unpackedSize: unpacked)
    }

    /// gzip ends with the size of what it packed (RFC 1952, ISIZE); of other kinds the packed size is the least it can be.
    private static func unpackedSize(of descriptor: OwnedDescriptor, path: String, packed: UInt64) throws(SourceError) -> UInt64 {
        guard path.hasSuffix(".gz"), packed >= 18 else { return packed }
        let tail = try descriptor.read(4, at: packed - 4)
        return tail.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
