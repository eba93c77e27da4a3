import Foundation
import Riposte
import Testing

@testable import RiposteDirectories

@Suite(.timeLimit(.minutes(1))) struct `calls that wait in C` {
    private let calls = BlockingCalls(atOnce: 1)
    private let gate = DispatchSemaphore(value: 0)

    private func outcome(_ body: () async throws -> Int) async -> DirectoryFailure? {
        do { return try await body() >= 0 ? nil : nil } catch { return error as? DirectoryFailure }
    }

    @Test func `are not waited for when their time is up, nor is what stands behind them`() async throws {
        let gate = gate
        async let stuck = outcome {
            try await calls.perform(within: .milliseconds(50)) { _ in
                gate.wait()
                return 1
            }
        }
        async let behind = outcome { try await calls.perform(within: .milliseconds(100)) { _ in 2 } }
        let kinds = await [stuck, behind].map { $0?.kind }
        gate.signal()
        #expect(Set(kinds).isSubset(of: [.unknown, .transient]) && kinds.contains(.unknown), "\(kinds)")
        #expect(try await calls.perform(within: .seconds(50)) { _ in 3 } == 3)
    }

    @Test func `are told when their time is up`() async throws {
        let gate = gate
        let found = await outcome {
            try await calls.perform(within: .milliseconds(50), cut: { gate.signal() }) { _ in
                gate.wait()
                throw DirectoryFailure(.transient, "cut")
            }
        }
        #expect(found?.message == "cut")
    }
}
