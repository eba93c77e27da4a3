import Riposte
import RiposteSQLite
import RiposteTesting
import Testing

@Suite struct `the SQLite store` {
    @Test(arguments: StoreContract.cases)
    func `keeps the contract`(_ part: StoreContract.Case) async throws {
        let folder = try TemporaryFolder()
        try await numbered(folder).check(part)
    }

    @Test(arguments: StoreContract.cases)
    func `keeps the contract when it is closed and opened between writing and reading`(_ part: StoreContract.Case) async throws {
        let folder = try TemporaryFolder()
        try await numbered(folder) { store in
            guard let store = store as? SQLiteStore else { return store }
            try await store.close()
            return try await SQLiteStore.open(path: store.path)
        }.check(part)
    }

    @Test(arguments: StoreContract.cases)
    func `keeps the contract when another object reads what one wrote`(_ part: StoreContract.Case) async throws {
        let folder = try TemporaryFolder()
        try await numbered(folder) { store in
            guard let store = store as? SQLiteStore else { return store }
            return try await SQLiteStore.open(path: store.path)
        }.check(part)
    }

    /// A new file for each store that a case asks for.
    private func numbered(_ folder: TemporaryFolder, reopen: @escaping StoreContract.Reopener = { $0 }) -> StoreContract {
        StoreContract(makeStore: { try await SQLiteStore.open(path: "\(folder.path)/\(UInt64.random(in: 0 ... .max)).db") }, reopen: reopen)
    }
}
