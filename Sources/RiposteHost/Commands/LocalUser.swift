import Glibc

/// An account of this machine by its name.
struct LocalUser: Sendable, Hashable {
    let id: uid_t
    let group: gid_t

    init(named name: String) throws(CommandError) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        _ = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard found != nil else { throw CommandError("this machine has no user “\(name)”") }
        (id, group) = (entry.pw_uid, entry.pw_gid)
    }
}
