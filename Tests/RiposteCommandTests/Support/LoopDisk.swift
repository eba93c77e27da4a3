#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An ext4 in a file of a workplace, mounted at its folder `disk` by way of a loop device. Only root may do that, and not
/// in every container.
final class LoopDisk {
    let path: String
    private let image: String
    private let workplace: Workplace

    static func isPossible() async -> Bool {
        guard getuid() == 0, let workplace = try? Workplace(nil) else { return false }
        return (try? await LoopDisk(in: workplace)) != nil
    }

    init(in workplace: Workplace) async throws {
        (self.workplace, path, image) = (workplace, workplace / "disk", workplace / "disk.img")
        mkdir(path, 0o700)
        try await run("/usr/bin/fallocate", "--length", "32M", image)
        try await run("/usr/sbin/mkfs.ext4", "-q", "-F", image)
        try await mount()
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    func mount() async throws { try await run("/usr/bin/mount", "-o", "loop,errors=remount-ro", image, path) }

    /// A program that another test starts at this moment may hold a file of it for a moment, and a mount namespace that it
    /// makes the whole file system: mounted again before that is over, it would still be the one whose power was cut.
    func unmount() async throws {
        try await until("\(path) is unmounted", within: .seconds(20), every: .milliseconds(50)) {
            if umount2(path, 0) == 0 { return true }
            guard errno == EBUSY else { throw HarnessError("cannot unmount \(path): \(String(cString: strerror(errno)))") }
            return nil
        }
        try await until("nobody else has \(path) mounted", every: .milliseconds(50)) {
            try await workplace.run("/usr/sbin/losetup", ["--associated", image]).output.isEmpty ? true : nil
        }
    }

    /// The power fails: from this moment nothing reaches the disk, and what the file system has not written yet is gone.
    static func cutPower(at path: String) throws {
        let folder = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(folder) }
        // The kernel's FS_IOC_SHUTDOWN, and its flag for “do not even write the journal”.
        var flags: UInt32 = 2
        guard folder >= 0, ioctl(folder, 0x8004_587D, &flags) == 0 else {
            throw HarnessError("cannot shut \(path) down: \(String(cString: strerror(errno)))")
        }
    }

    /// The file system has found an error in itself and lets nobody write any more.
    func turnReadOnly() async throws {
        let device = try await workplace.run("/usr/bin/findmnt", ["--noheadings", "--output", "SOURCE", path]).output
        guard let name = device.split(whereSeparator: \.isWhitespace).first?.split(separator: "/").last else {
            throw HarnessError("no device is at \(path): \(device)")
        }
        let trigger = "/sys/fs/ext4/\(name)/trigger_fs_error"
        let descriptor = open(trigger, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, write(descriptor, "1", 1) == 1 else { throw HarnessError("cannot write \(trigger)") }
    }

    private func run(_ words: String...) async throws {
        let outcome = try await workplace.run(words[0], Array(words.dropFirst()))
        guard outcome.code == 0 else { throw HarnessError("\(words): \(outcome.all)") }
    }
}
