/// Where a secret is kept. The value itself is read when it is used and never stored.
///
/// Written, encoded and described as `environment:STRIPE_SECRET` or `file:/run/secrets/stripe`.
public struct Secret: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        case environment(String)
        case file(String)
    }

    package let place: Place

    /// The environment variable `name`.
    public static func environment(_ name: String) -> Secret { Secret(place: .environment(name)) }

    /// The whole of the regular file at `path`, without the line break at its end; at most 64 KiB.
    public static func file(_ path: String) -> Secret { Secret(place: .file(path)) }
}

extension Secret: LosslessStringConvertible {
    /// Reads `environment:NAME` or `file:PATH`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty, !parts[1].contains("\0") else { return nil }
        switch parts[0] {
        case "environment" where !parts[1].contains("="): self = .environment(parts[1])
        case "file": self = .file(parts[1])
        default: return nil
        }
    }

    /// The place, never the value.
    public var description: String {
        switch place {
        case .environment(let name): "environment:\(name)"
        case .file(let path): "file:\(path)"
        }
    }
}

extension Secret: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The text is not repeated: whoever wrote the secret itself here should not find it in a log.
        guard let value = Secret(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a secret is written as “environment:NAME” or “file:PATH”, never as its value")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
