import ArgumentParser
import Logging
import Riposte
import RiposteConfiguration
import RiposteSQLite

/// How a command gets something done: it asks the daemon where one runs, and does it itself otherwise.
struct EngineAccess {
    let loaded: LoadedConfiguration
    let logger: Logger
    private let clock = SystemClock()

    /// Opens the store for looking things up.
    func openStore() async throws -> SQLiteStore { try await SQLiteStore.open(path: loaded.settings.store, logger: logger) }

    /// Runs `body` with the store open, and closes it after.
    func withStore<Result>(_ body: (SQLiteStore) async throws -> Result) async throws -> Result {
        let store = try await openStore()
        do {
            let result = try await body(store)
            try await store.close()
            return result
        } catch {
            try? await store.close()  // the first error is the one to tell
            throw error
        }
    }

    /// Has `command` carried out, and prints what came of it.
    func submit(_ command: ControlRequest.Command) async throws {
        let answer = try await withStore { store in
            let request = ControlRequest(
                id: "req-\(UInt64.random(in: 0 ... .max))", command: command, actor: actor, createdAt: clock.now())
            do {
                let fence = try await LeaseKeeper.acquire(store, clock: clock)
                return try await carryOut(request, store, fence)
            } catch is HeldByAnother {
                return try await ask(request, store)
            }
        }
        switch answer {
        case .done(let text, let incident):
            Console.print(text)
            if let incident { Console.say("look further: riposte incident show \(incident)") }
        case .refused(let why):
            Console.say(why)
            throw ExitCode.failure
        }
    }

    /// Who is asking, for the record.
    private var actor: String { loaded.settings.actor ?? SystemUser.name }

    /// No daemon runs: this process is the engine for a moment.
    private func carryOut(_ request: ControlRequest, _ store: SQLiteStore, _ fence: Fence) async throws -> ControlRequest.Answer {
        do {
            let assembly = try Assembly(loaded, store: store, logger: logger)
            assembly.responder.writes(with: fence)
            try await assembly.responder.recover()
            let answer = await assembly.responder.answer(request)
            try await assembly.responder.drain()
            try await assembly.outbox.deliverDue()
            try await store.releaseLease(fence)
            return answer
        } catch {
            try? await store.releaseLease(fence)  // the first error is the one to tell
            throw error
        }
    }

    /// The daemon looks for requests whenever the store has changed.
    private func ask(_ request: ControlRequest, _ store: SQLiteStore) async throws -> ControlRequest.Answer {
        try await store.commit(WriteBatch([.putRequest(request)]))
        let deadline = clock.now() + .seconds(60)
        while clock.now() < deadline {
            if let answer = try await store.request(request.id)?.answer { return answer }
            try await clock.sleep(until: clock.now() + .milliseconds(20))
        }
        return .refused("the daemon has not answered within 60 s; the request stays, and is carried out when it does")
    }
}
