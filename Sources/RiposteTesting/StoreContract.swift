public import Riposte

/// What every ``IncidentStore`` must do, as cases that a test runs. Knows no test framework:
///
/// ```swift
/// @Test(arguments: StoreContract.cases)
/// func `my store keeps the contract`(_ part: StoreContract.Case) async throws {
///     try await StoreContract { try await MyStore() }.check(part)
/// }
/// ```
public struct StoreContract: Sendable {
    /// Makes an empty store.
    public typealias Maker = @Sendable () async throws -> any IncidentStore
    /// Makes a store with the same content out of one that is not used any more.
    public typealias Reopener = @Sendable (any IncidentStore) async throws -> any IncidentStore

    let makeStore: Maker
    let reopen: Reopener

    /// - Parameters:
    ///   - makeStore: makes an empty store, a new one at each call.
    ///   - reopen: what lies between writing and reading: for a durable store, closing and opening it again. By default nothing.
    public init(makeStore: @escaping Maker, reopen: @escaping Reopener = { $0 }) {
        self.makeStore = makeStore
        self.reopen = reopen
    }

    /// One part of the contract.
    public struct Case: Sendable, CustomStringConvertible {
        /// A sentence that says what holds.
        public let name: String
        let run: @Sendable (StoreContract) async throws -> Void

        public var description: String { name }
    }

    /// The whole contract.
    public static let cases: [Case] = roundTrips + batches + queries + leases + concurrency

    /// Checks one part.
    ///
    /// - Throws: ``ContractViolation`` where the store does not keep it, or what the store threw.
    public func check(_ part: Case) async throws { try await part.run(self) }

    /// Checks every part, and stops at the first that is not kept.
    public func checkAll() async throws {
        for part in Self.cases {
            do {
                try await check(part)
            } catch {
                throw ContractViolation("“\(part.name)”: \(error)")
            }
        }
    }
}

/// A promise that was not kept.
public struct ContractViolation: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

extension StoreContract {
    /// An empty store.
    func store() async throws -> any IncidentStore { try await makeStore() }

    /// A store into which `operations` have been written, opened again.
    func store(with operations: [StoreOperation]) async throws -> any IncidentStore {
        let store = try await makeStore()
        try await store.commit(WriteBatch(operations))
        return try await reopen(store)
    }
}

/// Throws where `condition` does not hold.
func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
    guard condition else { throw ContractViolation(sentence()) }
}

/// Throws where the values differ.
func require<Value: Equatable>(_ found: Value, is expected: Value, _ what: String) throws {
    guard found != expected else { return }
    throw ContractViolation("\(what): expected \(excerpt(expected)), found \(excerpt(found))")
}

/// Throws unless `body` throws a `StoreError` with this code.
func require(_ code: StoreError.Code, _ what: String, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as StoreError {
        return try require(error.code, is: code, what)
    }
    throw ContractViolation("\(what): expected the error “\(code)”, and nothing was thrown")
}

private func excerpt(_ value: some Any) -> String {
    let text = String(describing: value)
    return text.utf8.count > 2000 ? "\(text.prefix(2000))…" : text
}
