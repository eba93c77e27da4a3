/// Where a secret is, never the secret: it is read when it is needed, and stays out of records, logs and messages.
public enum SecretReference: Sendable, Hashable, CustomStringConvertible {
    case environment(String)
    case file(path: String)

    /// Reads the secret, without the line end that editors put after it. `environment` is the process's own, as a map.
    ///
    /// The error names the place and never holds what was found there.
    public func value(environment: [String: String]) throws(SecretError) -> String {
        let text: String
        switch self {
        case .environment(let name):
            guard let value = environment[name] else { throw SecretError("the environment variable \(name) is not set") }
            text = value
        case .file(let path):
            guard case .success(let bytes) = ConfigurationFile.read(path, limit: 65_536),
                let value = String(validating: bytes, as: UTF8.self)
            else {
                throw SecretError("the file \(path) cannot be read as a secret: it must be there, ordinary, UTF-8 and at most 64 KiB")
            }
            text = value
        }
        let trimmed = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !trimmed.isEmpty else { throw SecretError("\(self) is empty") }
        return trimmed
    }

    /// `environment variable NAME` or `file PATH`.
    public var description: String {
        switch self {
        case .environment(let name): "environment variable \(name)"
        case .file(let path): "file \(path)"
        }
    }
}

/// Why a secret could not be had.
public struct SecretError: Error, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
