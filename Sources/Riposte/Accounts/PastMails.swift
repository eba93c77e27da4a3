/// Which mails to users have gone out already, by the record of the incident. So a second step, a run of another playbook and
/// an attempt after a restart send none again. What was sent and not recorded, because the process was killed in between, is
/// sent a second time: twice is better than not at all.
struct PastMails: Sendable {
    let store: any IncidentStore

    /// - Parameter mark: what a step that has sent the mail wrote to the context.
    func hold(_ mark: [String: JSONValue], about user: String, in incident: IncidentID) async throws -> Bool {
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
