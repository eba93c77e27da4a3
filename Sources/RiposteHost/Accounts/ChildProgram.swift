import Glibc
internal import Riposte

/// A program of the system, run to its end: no shell, an absolute path, a list of arguments, nothing of our environment.
enum ChildProgram {
    /// - Returns: its exit code, and the first line of what it said.
    static func run(_ path: String, _ arguments: [String], limit: Duration) throws -> (code: Int32, said: String) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SourceError(errno: errno, doing: "make a pair of sockets")
        }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try start(path, arguments, output: ends[1])
        }
        let said = listen(ends[0], until: .now + limit, process)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw SourceError(errno: errno, doing: "wait for \(path)") } }
        let line = String(decoding: said, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), String(line.prefix(200)))
    }

    private static func start(_ path: String, _ arguments: [String], output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Our threads block signals, which a program that is started from one would inherit.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let plain: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        var environment: [UnsafeMutablePointer<CChar>?] = plain.map { strdup($0) } + [nil]
        defer { for word in words + environment { free(word) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, path, &actions, &attributes, &words, &environment)
        guard failure == 0 else { throw SourceError(errno: failure, path: path) }
        return process
    }

    /// What it says until it has closed its output, at most a page; ended where it takes longer than it may.
    private static func listen(_ descriptor: Int32, until deadline: ContinuousClock.Instant, _ process: pid_t) -> [UInt8] {
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = max(deadline - .now, .zero) / .milliseconds(1)
            let count = poll(&entry, 1, Int32(clamping: Int(left)))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                kill(process, SIGKILL)
                return said
            }
            let size = Glibc.read(descriptor, &buffer, buffer.count)
            guard size > 0 else { return said }
            if said.count < 4096 { said += buffer[..<size] }
        }
    }
}
