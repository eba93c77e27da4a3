import FoundationEssentials

/// The zone files of the machine. Read when a source is set up, never per line.
enum ZoneDatabase {
    private static let folders = ["/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/"]
    private static let sizeLimit = 1 << 20

    /// The TZif bytes of an IANA name, or of the machine's own zone for `local`; `nil` where there is no such file.
    static func bytes(of name: String) -> [UInt8]? {
        guard name != "local" else { return read("/etc/localtime") }
        guard isPlain(name) else { return nil }
        for folder in folders {
            if let bytes = read(folder + name) { return bytes }
        }
        return nil
    }

    /// A name from a configuration must not lead out of the folder.
    private static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 64, !name.hasPrefix("/"), !name.contains("..") else { return false }
        return name.utf8.allSatisfy { byte in
            isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || [0x2F, 0x5F, 0x2D, 0x2B].contains(byte)
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= sizeLimit else { return nil }
        return Array(data)
    }
}
