internal import Riposte

/// Recognises packed files by their first bytes, so that nobody gets a million malformed lines for an answer.
enum Compression {
    /// The error for a file that begins with `bytes`; `nil` where it is not packed in a way we know.
    static func refusal(of path: String, beginningWith bytes: [UInt8]) -> SourceError? {
        guard let kind = kinds.first(where: { bytes.starts(with: $0.magic) }) else { return nil }
        return SourceError(.unreadable, "\(path): is compressed with \(kind.name); unpack it first (\(kind.command) \(path))")
    }

    private static let kinds: [(magic: [UInt8], name: String, command: String)] = [
        ([0x1F, 0x8B], "gzip", "gzip -dk"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz", "xz -dk"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zstd -dk"),
        ([0x42, 0x5A, 0x68], "bzip2", "bzip2 -dk"),
    ]
}
