import Glibc
internal import Riposte

/// Another program, as a process of its own.
package enum ChildProgram {
    /// Runs a program of the system to its end, with nothing of our environment.
    ///
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
            let plain = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
            process = try start(path, arguments, environment: plain, output: ends[1], errors: ends[1])
        }
        let said = listen(ends[0], until: .now + limit, process)
        let code = try wait(for: process)
        let line = String(decoding: said, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        return (code, String(line.prefix(200)))
    }

    /// Starts a program: no shell, an absolute path, signals as they are by default.
    ///
    /// - Parameters:
    ///   - environment: `NAME=value`; `nil` = ours.
    ///   - input, output, errors: descriptors of ours that become its own; `nil` = `/dev/null`.
    package static func start(
        _ path: String, _ arguments: [String] = [], environment: [String]? = nil, input: Int32? = nil, output: Int32? = nil,
        errors: Int32? = nil
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, own) in [(Int32(0), input), (1, output), (2, errors)] {
            if let own {
                posix_spawn_file_actions_adddup2(&actions, own, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
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
        let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let settings: [UnsafeMutablePointer<CChar>?]? = environment.map { $0.map { strdup($0) } + [nil] }
        defer { for word in words + (settings ?? []) { free(word) } }
        var process: pid_t = 0
        let failure =
            if let settings {
                posix_spawn(&process, path, &actions, &attributes, words, settings)
            } else {
                posix_spawn(&process, path, &actions, &attributes, words, environ)
            }
        guard failure == 0 else { throw SourceError(errno: failure, path: path) }
        return process
    }

    /// Waits for its end; the exit code, 128 + n after signal n.
    package static func wait(for process: Int32) throws -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SourceError(errno: errno, doing: "wait for process \(process)") }
        }
        return exitCode(status)
    }

    /// The exit code that waitpid(2) gives, 128 + n after signal n.
    package static func exitCode(_ status: Int32) -> Int32 { status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F) }

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
