internal import Riposte

/// A file beside a log that may be what the log was before a rotation.
struct LogSibling: Equatable {
    var path: String
    var identity: FileIdentity
    /// Which use of its inode it is; `nil` where the file system tells none.
    var generation: UInt32?
    var size: UInt64
    var modified: Timestamp
    /// The first bytes, as many as a fingerprint covers.
    var head: [UInt8]
    /// What its name says; `nil` for the log itself and for names of another kind.
    var name: RotatedName?
    /// How many bytes it holds when unpacked, as far as that is known; `nil` for a file that is not compressed.
    var unpackedSize: UInt64?

    /// Whether it holds what `position` was in, at least up to there.
    func continues(_ position: FilePosition) -> Bool {
        unpackedSize == nil && size >= position.offset && position.fingerprint.fits(head)
    }

    /// Whether it is the file of `position`, and not a later one with the same inode as far as the file system tells.
    func isSameFile(as position: FilePosition) -> Bool {
        guard identity == position.identity else { return false }
        guard let generation, let expected = position.generation else { return true }
        return generation == expected
    }

    /// The position at its end.
    var end: FilePosition {
        FilePosition(
            device: identity.device, inode: identity.inode, generation: generation, offset: size, fingerprint: FileFingerprint(head),
            modified: modified)
    }
}
