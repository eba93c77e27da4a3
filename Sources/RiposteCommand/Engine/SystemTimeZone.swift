#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the machine's clock is set to.
enum SystemTimeZone {
    /// `TZ`, else what /etc/localtime points to; `nil` where neither says it.
    static var name: String? {
        if let name = getenv("TZ").map({ String(cString: $0) }), !name.isEmpty {
            return name.hasPrefix(":") ? String(name.dropFirst()) : name
        }
        var buffer = [CChar](repeating: 0, count: 1024)
        guard readlink("/etc/localtime", &buffer, buffer.count - 1) > 0 else { return nil }
        let path = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let range = path.firstRange(of: "zoneinfo/") else { return nil }
        return String(path[range.upperBound...])
    }
}
