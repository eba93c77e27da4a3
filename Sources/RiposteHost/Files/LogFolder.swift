import Glibc
internal import Riposte

/// What lies around a log file: the file its name leads to, and the rotated ones beside it.
struct LogFolder {
    /// A name in a folder, and the file it leads to.
    struct Name: Hashable {
        var text: String
        var inode: UInt64
    }

    let path: String
    private let list: (_ directory: String) -> [Name]

    /// Creates the folder around the log at `path`; `list` gives the names in a folder, none where it cannot be read.
    init(path: String, list: @escaping (_ directory: String) -> [Name] = LogFolder.names) {
        (self.path, self.list) = (path, list)
    }

    /// What lies there at one moment.
    struct Contents {
        /// The file that the name leads to, or why there is none.
        var current: Result<LogSibling, SourceError>
        /// The rotated files of this log, and the files that were asked for by inode. What cannot be opened is left out.
        var siblings: [LogSibling]
    }

    /// What lies there, with the files that have one of `inodes` whatever they are called.
    ///
    /// A folder is read name by name, and a rotation meanwhile would hide a file that was given another name: so it looks
    /// again until no name has changed, and throws ``SourceError/Code/system`` when the rotations do not end.
    func contents(withInodes inodes: Set<UInt64> = []) throws(SourceError) -> Contents {
        for _ in 0..<Self.mostLooks {
            let before = entries(withInodes: inodes)
            let contents = Contents(current: current, siblings: siblings(in: before))
            if entries(withInodes: inodes) == before { return contents }
        }
        throw isBeingRotated
    }

    /// What to say when a name led to another file than it did just now.
    var isBeingRotated: SourceError { SourceError(.system, "\(path): is being rotated") }

    private static let mostLooks = 16

    private var current: Result<LogSibling, SourceError> {
        Result { () throws(SourceError) in try Self.sibling(at: path, name: nil) }
    }

    /// The folders to watch: that of the name, and that of the file where a symbolic link leads elsewhere.
    var directories: [String] { Array(Set(places.map(\.directory))).sorted() }

    private func siblings(in entries: Set<Entry>) -> [LogSibling] {
        var found: [FileIdentity: LogSibling] = [:]
        for entry in entries where entry.name.text != entry.place.base {
            let name = RotatedName(entry.name.text, of: entry.place.base)
            guard let sibling = try? Self.sibling(at: entry.place.directory + "/" + entry.name.text, name: name) else { continue }
            found[sibling.identity] = sibling
        }
        return Array(found.values)
    }

    /// The names that matter: that of the log, those of rotated files, and those of the inodes asked for.
    private func entries(withInodes inodes: Set<UInt64>) -> Set<Entry> {
        var found: Set<Entry> = []
        for place in places {
            for name in list(place.directory) {
                let isRotated = RotatedName(name.text, of: place.base) != nil
                if isRotated || name.text == place.base || inodes.contains(name.inode) { found.insert(Entry(place: place, name: name)) }
            }
        }
        return found
    }

    private struct Entry: Hashable {
        var place: Place
        var name: Name
    }

    private struct Place: Hashable {
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

    /// The names in `directory` as the file system has them.
    static func names(in directory: String) -> [Name] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            let text = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            names.append(Name(text: text, inode: UInt64(entry.pointee.d_ino)))
        }
        return names
    }

    private static func sibling(at path: String, name: RotatedName?) throws(SourceError) -> LogSibling {
        guard try FileStatus(path: path).isRegular else { throw SourceError(.unreadable, "\(path): is not a regular file") }
        let descriptor = try OwnedDescriptor(reading: path)
        let status = try FileStatus(of: descriptor)
        let unpacked = name?.isCompressed == true ? try unpackedSize(of: descriptor, path: path, packed: status.size) : nil
        return LogSibling(
            path: path, identity: status.identity, generation: descriptor.generation, size: status.size, modified: status.modified,
            head: try descriptor.read(FileFingerprint.limit, at: 0), name: name, unpackedSize: unpacked)
    }

    /// gzip ends with the size of what it packed (RFC 1952, ISIZE); of other kinds the packed size is the least it can be.
    private static func unpackedSize(of descriptor: OwnedDescriptor, path: String, packed: UInt64) throws(SourceError) -> UInt64 {
        guard path.hasSuffix(".gz"), packed >= 18 else { return packed }
        let tail = try descriptor.read(4, at: packed - 4)
        return tail.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
