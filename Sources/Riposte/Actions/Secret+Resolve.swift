#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension Secret {
    /// The largest file that is read as a secret, in bytes.
    public static let maximumSize = 65_536

    /// Reads the value now. A file is read each time, so that a secret that was rotated is used at once.
    ///
    /// - Throws: ``SecretError`` where there is none, it is empty, too large or not text.
    public func resolve() throws(SecretError) -> SecretValue {
        let value =
            switch place {
            case .environment(let name): try Self.variable(name, of: self)
            case .file(let path): try Self.contents(of: path, secret: self)
            }
        guard !value.isEmpty else { throw SecretError(self, "is empty") }
        return SecretValue(value)
    }

    private static func variable(_ name: String, of secret: Secret) throws(SecretError) -> String {
        guard let raw = getenv(name) else { throw SecretError(secret, "is not set") }
        guard let text = String(validatingCString: raw) else { throw SecretError(secret, "is not UTF-8 text") }
        return text
    }

    private static func contents(of path: String, secret: Secret) throws(SecretError) -> String {
        // Without O_NONBLOCK a named pipe would hold up whoever asks.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw SecretError(secret, "cannot be opened: \(reason(errno))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw SecretError(secret, "is not a regular file") }
        var bytes = try readAll(file, secret)
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw SecretError(secret, "is not UTF-8 text") }
        return text
    }

    private static func readAll(_ file: CInt, _ secret: Secret) throws(SecretError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SecretError(secret, "cannot be read: \(reason(errno))") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else { throw SecretError(secret, "is longer than \(maximumSize) bytes") }
        }
    }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case ENOENT: "no such file"
        case EACCES, EPERM: "permission denied"
        default: "error \(code)"
        }
    }
}
