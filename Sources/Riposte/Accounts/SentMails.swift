internal import Synchronization

/// Sends each mail to a user once for an incident: not again in a second step, in a run of another playbook or in an attempt
/// after a restart. What was sent and not recorded, because the process was killed in between, is sent a second time: twice
/// is better than not at all.
final class SentMails: Sendable {
    private let store: any IncidentStore
    /// What this process has sent, for a record is on disk only with what its run does next.
    private let fresh = Mutex<Set<String>>([])
    private static let capacity = 4096

    init(store: any IncidentStore) { self.store = store }

    /// - Parameter mark: what a step that has sent the mail writes to the context.
    func send(
        _ message: AccountMail, to user: String, key: String, mark: [String: JSONValue], through mailer: any Mailer
    ) async throws -> MailOutcome {
        if fresh.withLock({ $0.contains(key) }) { return .alreadySent }
        if try await isOnRecord(mark, about: user, in: message.incident.id) { return .alreadySent }
        let outcome = try await mailer.send(message, to: user, key: key)
        if case .cannot = outcome { return outcome }
        fresh.withLock { fresh in
            if fresh.count >= Self.capacity { fresh.removeAll() }
            fresh.insert(key)
        }
        return outcome
    }

    private func isOnRecord(_ mark: [String: JSONValue], about user: String, in incident: IncidentID) async throws -> Bool {
        for run in try await store.runs(of: incident) where Self.mayConcern(user, run) {
            for entry in try await store.journal(of: run.id) where Self.tells(entry, mark) { return true }
        }
        return false
    }

    /// Steps may name a user who is not the run's.
    private static func mayConcern(_ user: String, _ run: PlaybookRun) -> Bool {
        run.targets.users.contains(user) || run.playbook.steps.contains { $0.parameters["user"] != nil }
    }

    private static func tells(_ entry: JournalEntry, _ mark: [String: JSONValue]) -> Bool {
        switch entry.record {
        case .outcome(_, let outcome), .late(_, let outcome):
            [.succeeded, .unchanged].contains(outcome.kind) && mark.allSatisfy { outcome.context[$0.key] == $0.value }
        default: false
        }
    }
}
