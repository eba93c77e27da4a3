import Foundation
import Riposte

/// A secret in a file of its own, which goes with this object.
final class SecretFile: Sendable {
    let path: String
    var secret: Secret { .file(path) }

    init(_ text: String) throws { path = try Self.write(Data(text.utf8)) }
    init(bytes: [UInt8]) throws { path = try Self.write(Data(bytes)) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static func write(_ data: Data) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-secret-\(UUID().uuidString)").path
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }
}
