import Glibc

/// Tells by inotify when something changes in some folders and files. One that cannot be made (the limit of
/// `fs.inotify.max_user_instances` is reached) tells nothing.
final class FileWatcher {
    private let inotify: OwnedDescriptor?
    private var watches: Set<Int32> = []

    init() {
        let raw = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        inotify = raw >= 0 ? OwnedDescriptor(raw) : nil
    }

    /// Readable when something has changed; `nil` where watching is not possible.
    var descriptor: Int32? { inotify?.raw }

    /// Watches these and nothing else: names in `directories`, growth of `files`. What is not there is left out.
    func watch(directories: [String], files: [OpenLog]) {
        guard let inotify else { return }
        var now = Set<Int32>()
        for directory in directories {
            now.insert(inotify_add_watch(inotify.raw, directory, Self.nameChanges))
        }
        for file in files {
            // Through the descriptor: the name may lead to another file by now.
            let watch = inotify_add_watch(inotify.raw, "/proc/self/fd/\(file.descriptor.raw)", UInt32(IN_MODIFY))
            now.insert(watch >= 0 ? watch : inotify_add_watch(inotify.raw, file.path, UInt32(IN_MODIFY)))
        }
        now = now.filter { $0 >= 0 }
        for watch in watches.subtracting(now) { inotify_rm_watch(inotify.raw, watch) }
        watches = now
    }

    /// Forgets what was told so far; whoever waits looks at everything again, so what it said does not matter.
    func drain() {
        guard let inotify else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(inotify.raw, &buffer, buffer.count) > 0 {}
    }

    private static let nameChanges = UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB) | UInt32(IN_ONLYDIR)
}
