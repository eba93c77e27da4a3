/// What a file began with: a hash of its first bytes, at most 256. It grows with the file until it covers that many.
///
/// The hash is FNV-1a with 64 bits. It tells a rotated file from the one that took its inode; it is no defence against
/// somebody who may write the log.
public struct FileFingerprint: Sendable, Hashable, Codable {
    /// How many bytes a fingerprint covers at most.
    public static let limit = 256

    /// How many bytes this one covers.
    public let length: Int
    private let hash: String

    /// Creates the fingerprint of the first ``limit`` of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        let covered = bytes.prefix(Self.limit)
        length = covered.count
        hash = String(covered.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }

    var json: JSONValue { ["length": .int(Int64(length)), "hash": .string(hash)] }

    /// Whether a file that begins with `bytes` may be the one this was taken from.
    public func fits(_ bytes: some Collection<UInt8>) -> Bool {
        (0...min(Self.limit, bytes.count)).contains(length) && FileFingerprint(bytes.prefix(length)) == self
    }
}
