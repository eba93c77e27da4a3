import Dispatch
import Glibc
import RiposteHost

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
        holder = try ChildProgram.start(
            "/usr/bin/unshare", ["--net", "/bin/sh", "-c", "echo; exec cat"], input: ends[1], output: ends[1])
        close(ends[1])
        ends[1] = -1
        var byte: UInt8 = 0
        guard read(holding, &byte, 1) == 1 else { throw TemporaryFolder.Failure("unshare") }
    }

    deinit {
        close(holding)
        kill(holder, SIGKILL)  // what another test starts at this moment may hold its other end
        _ = try? ChildProgram.wait(for: holder)
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
        let words = ["--net=\(path)", "/usr/sbin/nft", "-n", "-a", "-f", input]
        let descriptor = open(output, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let code = try ChildProgram.wait(for: try ChildProgram.start("/usr/bin/nsenter", words, output: descriptor, errors: descriptor))
        let text = try readText(output)
        guard code == 0 else { throw Refusal(description: text) }
        return text
    }

    /// What nft said when it refused.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }
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
