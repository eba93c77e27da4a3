internal import Riposte

extension FilePosition {
    var identity: FileIdentity { FileIdentity(device: device, inode: inode) }

    /// Whether its file is among `files`, and not another that was given its inode. An empty one that is no longer
    /// empty may be either, and is new in any case.
    func isStill(in files: [LogSibling]) -> Bool {
        files.contains { $0.isSameFile(as: self) && $0.continues(self) && (offset > 0 || $0.size == 0) }
    }
}

extension SourcePosition {
    /// The inodes of the files that it names.
    var inodes: Set<UInt64> {
        if case .file(let file, let older) = self { Set([file.inode] + older.map(\.inode)) } else { [] }
    }
}
