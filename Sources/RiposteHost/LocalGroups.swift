import Glibc
internal import Riposte

/// This machine's groups.
public enum LocalGroups {
    /// The groups whose members can become root on the usual systems.
    public static let administrators = ["sudo", "wheel", "admin"]

    /// The accounts that are listed as members of a group; empty where there is no such group.
    ///
    /// - Throws: `SourceError` where the system does not tell: that is not the same as nobody.
    public static func members(of group: String) throws -> Set<String> { try members(of: group, room: 1 << 14) }

    static func members(of group: String, room: Int) throws -> Set<String> {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: room)
        let code = getgrnam_r(group, &entry, &buffer, buffer.count, &found)
        if code == ERANGE, room < 1 << 26 { return try members(of: group, room: room * 4) }
        // What getgrnam_r(3) lists for a name that is not there.
        guard [0, ENOENT, ESRCH, EBADF, EPERM].contains(code) else { throw SourceError(errno: code, doing: "read the group \(group)") }
        guard found != nil else { return [] }
        var members: Set<String> = []
        var next = entry.gr_mem
        while let name = next?.pointee {
            members.insert(String(cString: name))
            next = next?.advanced(by: 1)
        }
        return members
    }
}
