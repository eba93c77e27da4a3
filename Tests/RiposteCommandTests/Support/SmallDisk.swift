#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A tmpfs in a workplace's folder `disk`, mounted as long as the object is there. Only root may mount one.
final class SmallDisk {
    let path: String
    private var hoard: String { path + "/hoard" }

    static let isPossible: Bool = (try? Workplace(nil)).flatMap { try? SmallDisk(in: $0, kilobytes: 64) } != nil

    init(in workplace: Workplace, kilobytes: Int) throws {
        path = workplace / "disk"
        mkdir(path, 0o700)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { throw HarnessError("cannot mount a tmpfs at \(path)") }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all the room there is.
    func fill() throws {
        let descriptor = open(hoard, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HarnessError("cannot write \(hoard)") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x2E, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        guard errno == ENOSPC else { throw HarnessError("the disk is not full: \(String(cString: strerror(errno)))") }
    }

    /// Gives it back.
    func free() { unlink(hoard) }
}
