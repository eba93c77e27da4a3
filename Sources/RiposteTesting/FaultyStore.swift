public import Riposte
internal import Synchronization

/// The process has stopped, as far as the store's caller can tell.
public struct SimulatedCrash: Error, Sendable, Hashable, CustomStringConvertible {
    /// The number of the call it happened at.
    public let call: Int
    public var description: String { "the process has stopped at call \(call) of its store" }
}

/// A store that fails on purpose, in front of one that does not.
///
/// Every call, read or write, has a number, from 1. To try a crash at every point: run once and read ``calls``; then for
/// every number make a new `FaultyStore` over a new store, ``crash(at:when:)`` there, run until the engine stops, and
/// run a second engine on the store behind it.
public final class FaultyStore: ForwardingStore {
    /// Whether the call at which the process stops is carried out.
    public enum Moment: Sendable, Hashable, CaseIterable {
        /// It is not.
        case before
        /// It is, and its caller never hears of it.
        case after
    }

    fileprivate struct State {
        var log: [String] = []
        var crash: (call: Int, moment: Moment)?
        var hasCrashed = false
        var failures: [Int: any Error] = [:]
        var outage: (error: StoreError, writesOnly: Bool)?
    }

    public let base: any IncidentStore
    private let state = Mutex(State())

    /// Creates a store that does what `base` does until told otherwise.
    public init(_ base: any IncidentStore) { self.base = base }

    /// How many calls there have been.
    public var calls: Int { state.withLock { $0.log.count } }

    /// The names of the calls, in order: `commit(_:fence:)`, `run(_:)` …
    public var log: [String] { state.withLock { $0.log } }

    /// Whether the crash has happened.
    public var hasCrashed: Bool { state.withLock { $0.hasCrashed } }

    /// Stops the process at call number `call`: that call, every later one, and those under way throw ``SimulatedCrash``.
    public func crash(at call: Int, when moment: Moment) { state.withLock { $0.crash = (call, moment) } }

    /// Makes call number `call` throw `error` without being carried out; those before and after work.
    public func fail(at call: Int, with error: any Error = StoreError(.cannotWrite, "told to fail")) {
        state.withLock { $0.failures[call] = error }
    }

    /// Takes the store down (every call throws `error`, nothing is carried out), or brings it back.
    ///
    /// - Parameter writesOnly: whether it can be read meanwhile.
    public func failing(
        _ isDown: Bool, writesOnly: Bool = false, with error: StoreError = StoreError(.cannotWrite, "told to fail")
    ) {
        state.withLock { $0.outage = isDown ? (error, writesOnly) : nil }
    }

    public func through<Value>(_ call: String, _ body: () async throws -> Value) async throws -> Value {
        let number = try state.withLock { try $0.begin(call) }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try state.withLock { try $0.end(number) }
        return try result.get()
    }
}

extension FaultyStore.State {
    /// Numbers a call, and throws where it is not to be carried out.
    fileprivate mutating func begin(_ name: String) throws -> Int {
        log.append(name)
        let call = log.count
        if let crash {
            if call > crash.call || (call == crash.call && crash.moment == .before) { hasCrashed = true }
            if hasCrashed { throw SimulatedCrash(call: crash.call) }
        }
        if let error = failures[call] { throw error }
        if let outage, !outage.writesOnly || name.hasPrefix("commit") { throw outage.error }
        return call
    }

    /// Throws where the caller does not live to hear the answer.
    fileprivate mutating func end(_ call: Int) throws {
        guard let crash else { return }
        if call == crash.call { hasCrashed = true }
        if hasCrashed { throw SimulatedCrash(call: crash.call) }
    }
}
