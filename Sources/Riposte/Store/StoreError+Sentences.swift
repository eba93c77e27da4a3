/// The sentences that every store of ours says alike.
extension StoreError {
    package static func journalConflict(run: RunID, sequence: Int) -> StoreError {
        StoreError(.conflict, "entry \(sequence) of the journal of \(run) is there already and says something else")
    }

    package static func revisionConflict(_ slug: PlaybookSlug, _ revision: Int) -> StoreError {
        StoreError(.conflict, "revision \(revision) of the playbook “\(slug)” is there already and says something else")
    }

    package static func lostLease(_ fence: Fence, to lease: Lease?) -> StoreError {
        let now = lease.map { "“\($0.holder)” holds it with fence \($0.fence.number)" } ?? "nobody holds it now"
        return StoreError(.leaseLost, "the lease with fence \(fence.number) is no longer held: \(now)")
    }
}
