import Foundation
import GRDB
import Riposte
import RiposteSQLite

/// A folder that is there as long as the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where the tests keep their store.
    var file: String { "\(path)/riposte.db" }

    func openStore(busyTimeout: Duration = .seconds(10)) async throws -> SQLiteStore {
        try await SQLiteStore.open(path: file, busyTimeout: busyTimeout)
    }

    /// Somebody else's connection to the same file; it may hold a transaction open.
    func connection() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: file, configuration: configuration)
    }
}

/// Looks again until `condition` holds, for at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}

extension IncidentStore {
    func put(_ source: SourceName, _ value: JSONValue = 1) async throws { try await commit(WriteBatch([.putSourceState(source, value)])) }
}
