import Dispatch
import Glibc

/// A network of its own with nothing in it, and nftables as the program `nft` sees it there. It lasts as long as the object.
final class TestNetwork: Sendable {
    static let isPossible = getuid() == 0 && (try? TestNetwork().runNft("list tables")) != nil

    private let holder: pid_t
    private let holding: Int32
    private let folder = TemporaryFolder()

    /// A file that names it.
    var path: String { "/proc/\(holder)/ns/net" }

    init() throws {
        // Whoever holds it reads what we never write, so it ends with us, however we end.
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TemporaryFolder.Failure("socketpair")
        }
        defer { close(ends[1]) }
        holding = ends[0]
        holder = try spawn(["/usr/bin/unshare", "--net", "/bin/sh", "-c", "echo; exec cat"], descriptors: [0: ends[1], 1: ends[1]])
        close(ends[1])
        ends[1] = -1
        var byte: UInt8 = 0
        guard read(holding, &byte, 1) == 1 else { throw TemporaryFolder.Failure("unshare") }
    }

    deinit {
        close(holding)
        kill(holder, SIGKILL)  // what another test starts at this moment may hold its other end
        var status: Int32 = 0
        while waitpid(holder, &status, 0) < 0, errno == EINTR {}
    }

    /// Runs a command of nft's there; what it prints. Other tests have a turn meanwhile.
    @discardableResult
    func nft(_ command: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.runNft(command) }) }
        }
    }

    private func runNft(_ command: String) throws -> String {
        let (input, output) = (folder / "input", folder / "output")
        try writeBytes(Array(command.utf8), to: input)
        let words = ["/usr/bin/nsenter", "--net=\(path)", "/usr/sbin/nft", "-n", "-a", "-f", input]
        let descriptor = open(output, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let process = try spawn(words, descriptors: [1: descriptor, 2: descriptor])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let text = try readText(output)
        guard status == 0 else { throw Refusal(description: text) }
        return text
    }

    /// What nft said when it refused.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }
}

/// Starts a program with these descriptors of ours as its own, and `/dev/null` for what is not given.
private func spawn(_ command: [String], descriptors: [Int32: Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for number: Int32 in 0...2 {
        if let own = descriptors[number] {
            posix_spawn_file_actions_adddup2(&actions, own, number)
        } else {
            posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        }
    }
    let words = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, command[0], &actions, nil, words + [nil], environ) == 0 else { throw TemporaryFolder.Failure(command[0]) }
    return process
}

private func readText(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TemporaryFolder.Failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}

/// Asks the kernel until it is so, or the test's time is over.
func until(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { try await Task.sleep(for: .milliseconds(20)) }
}
