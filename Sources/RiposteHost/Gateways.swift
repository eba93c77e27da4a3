internal import Glibc
public import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What stands between this machine and the rest, as the kernel's routes say. To block one is to cut the machine off.
public enum Gateways {
    /// As it is now; empty where this system has no such tables.
    ///
    /// - Throws: `SourceError` where they are there and cannot be read.
    public static func current() throws -> Set<IPAddress> {
        try v4(in: text("/proc/net/route")).union(v6(in: text("/proc/net/ipv6_route")))
    }

    /// The third column, in the byte order of the machine.
    static func v4(in table: String) -> Set<IPAddress> {
        column(2, of: table, skipping: 1) { word in
            UInt32(word, radix: 16).map { IPAddress(v4: UInt32(bigEndian: $0)) }
        }
    }

    /// The fifth column, in network order.
    static func v6(in table: String) -> Set<IPAddress> {
        column(4, of: table, skipping: 0) { word in
            guard word.count == 32, let high = UInt64(word.prefix(16), radix: 16), let low = UInt64(word.suffix(16), radix: 16) else {
                return nil
            }
            return IPAddress(high: high, low: low)
        }
    }

    private static func column(
        _ number: Int, of table: String, skipping lines: Int, _ address: (Substring) -> IPAddress?
    ) -> Set<IPAddress> {
        let found = table.split(separator: "\n").dropFirst(lines).compactMap { line -> IPAddress? in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.indices.contains(number) ? address(words[number]) : nil
        }
        return Set(found.filter { !$0.isUnspecified })
    }

    private static func text(_ path: String) throws -> String {
        guard access(path, F_OK) == 0 else { return "" }
        do { return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) } catch {
            throw SourceError(.unreadable, "\(path) cannot be read: \(error)")
        }
    }
}
