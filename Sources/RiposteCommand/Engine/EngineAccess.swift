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

    /// The daemon that has the store, where one runs.
    func daemon() async throws -> LeaseHolder? {
        try await withStore { store in
            guard let holder = try await store.lease().flatMap({ LeaseHolder($0.holder) }), !holder.isGone else { return nil }
            return holder.role == .daemon ? holder : nil
        }
    }

    /// Has `command` carried out, and prints what came of it.
    ///
    /// - Throws: `ExitCode.failure` where it was refused, or where not everything it asked for was done; `ExitCode.waiting`
    ///   where it waits for people.
    func submit(_ command: ControlRequest.Command) async throws {
        let request = ControlRequest(
            id: "req-\(UInt64.random(in: 0 ... .max))", command: command, actor: actor, createdAt: clock.now())
        let (answer, end) = try await withStore { (store) async throws -> (ControlRequest.Answer, ExitCode) in
            let answer = try await self.answer(request, store)
            return (answer, try await self.end(answer, command, store))
        }
        switch answer {
        case .done(let text, let incident):
            Console.print(text)
            if let incident { Console.say("look further: riposte incident show \(incident)") }
            if end != .success { throw end }
        case .refused(let why): throw Failure(why)
        }
    }

    /// Who is asking, for the record.
    var actor: String { loaded.settings.actor ?? SystemUser.name }

    /// How the command ends: whether all steps of a run have worked, or wait for people, or nothing is left of what was to be
    /// taken back.
    private func end(_ answer: ControlRequest.Answer, _ command: ControlRequest.Command, _ store: SQLiteStore) async throws -> ExitCode {
        if case .done = answer, case .undo(let scope, _) = command {
            let open = try await scope.effects(in: store).filter(\.state.isOpen)
            // Who asks for one that nobody can take back is told that it was not; beside others it is only named.
            if case .effect = scope { return open.isEmpty ? .success : .failure }
            return open.allSatisfy(\.stays) ? .success : .failure
        }
        guard case .done(_, let incident?) = answer else { return .success }
        switch command {
        case .runPlaybook, .addDecision:
            let runs = try await store.runs(of: incident)
            if runs.contains(where: { $0.waitingFor != nil }) { return .waiting }
            return runs.allSatisfy { $0.status == .succeeded } ? .success : .failure
        case .changeIncident(_, .resolve(let resolution)) where resolution.verdict == .falsePositive:
            let open = EffectQuery(states: EffectQuery.open.states, incident: incident)
            return try await store.effects(open).allSatisfy(\.stays) ? .success : .failure
        case .removeDecision(let target, _):
            let open = try await store.effects(EffectQuery(states: EffectQuery.open.states, target: target))
            return open.allSatisfy { $0.stays || !$0.kind.isDecision } ? .success : .failure
        case .unlock(let user, _):
            let open = EffectQuery(states: EffectQuery.open.states, incident: incident, target: .user(user))
            let isOut = try await store.effects(open).contains { [.accountLock, .accountBlock].contains($0.kind) }
            return isOut ? .failure : .success
        case .undo, .acknowledgeIncident, .changeIncident, .reloadPlaybooks, .setMode, .allow, .disallow, .answerApproval:
            return .success
        }
    }

    /// From the daemon where one runs. Where none does, or where it ends meanwhile, this process is the engine for a moment.
    private func answer(_ request: ControlRequest, _ store: SQLiteStore) async throws -> ControlRequest.Answer {
        let deadline = clock.now() + .seconds(60)
        var isAsked = false
        while true {
            if isAsked, let answer = try await store.request(request.id)?.answer { return answer }
            let holder: HeldByAnother
            do {
                let fence = try await LeaseKeeper.acquire(store, as: .command, clock: clock)
                return try await carryOut(request, isAsked: isAsked, store, fence)
            } catch let held as HeldByAnother {
                holder = held
            } catch let error as StoreError where isAsked {
                throw Failure("\(error). \(Self.stays)")
            }
            if !isAsked { try await store.commit(WriteBatch([.putRequest(request)])) }
            isAsked = true
            if let answer = try await wait(for: request, store, until: min(deadline, clock.now() + .seconds(1))) { return answer }
            guard clock.now() < deadline else {
                throw Failure("no answer within 60 s: \(holder). \(Self.stays)")
            }
        }
    }

    private static let stays =
        "The request stays in the store, and is carried out as soon as it can be; riposte run list shows what is under way"

    private func wait(for request: ControlRequest, _ store: SQLiteStore, until end: Timestamp) async throws -> ControlRequest.Answer? {
        while clock.now() < end {
            if let answer = try await store.request(request.id)?.answer { return answer }
            try await clock.sleep(until: clock.now() + .milliseconds(20))
        }
        return nil
    }

    private func carryOut(
        _ request: ControlRequest, isAsked: Bool, _ store: SQLiteStore, _ fence: Fence
    ) async throws -> ControlRequest.Answer {
        let store = WatchedStore(store, fence: fence, clock: clock)
        let assembly = try Assembly(
            loaded, store: store, logger: logger, enforcers: EnforcerFactory.enforcers(loaded.settings),
            backEnds: AccountFactory.backEnds(loaded.settings))
        return try await LeaseKeeper.holding(fence, store, assembly.responder, clock: clock) {
            try await assembly.responder.recover()
            // On disk before it is begun: if this process is killed in the middle, the next engine carries it to its end.
            if !isAsked { try await store.commit(WriteBatch([.putRequest(request)])) }
            try await assembly.responder.answerOpenRequests()
            let answer = try await store.request(request.id)?.answer ?? .refused("the request is gone from the store")
            try await assembly.responder.drain()
            try await assembly.outbox.deliverDue()
            return answer
        }
    }
}

extension Effect {
    /// Whether it holds and nobody can take it back.
    fileprivate var stays: Bool { state == .active && kind.isFinal }
}
