import Glibc

/// This machine's groups.
public enum LocalGroups {
    /// The groups whose members can become root on the usual systems.
    public static let administrators = ["sudo", "wheel", "admin"]

    /// The accounts that are listed as members of a group; empty where there is no such group.
    public static func members(of group: String) -> Set<String> {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        guard getgrnam_r(group, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return [] }
        var members: Set<String> = []
        var next = entry.gr_mem
        while let name = next?.pointee {
            members.insert(String(cString: name))
            next = next?.advanced(by: 1)
        }
        return members
    }
}
