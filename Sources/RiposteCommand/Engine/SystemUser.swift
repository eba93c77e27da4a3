#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who runs this command.
enum SystemUser {
    /// `SUDO_USER` where it was run by sudo, else the user's name.
    static var name: String {
        if let sudo = getenv("SUDO_USER") { return String(cString: sudo) }
        guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
        return String(cString: entry.pointee.pw_name)
    }
}
