extension OutboxService {
    /// Tells one channel what was gathered for it, and writes down what came of it for each.
    func deliver(_ digest: OutboxDigest, _ pass: OutboxPass) async throws {
        guard begin(digest.incidents, pass.channel) else { return }
        defer { end(digest.incidents, pass.channel) }
        let (told, dropped) = try await sorted(digest)
        guard let notification = OutboxDigest(told).notification else { return try await write(dropped) }
        let now = clock.now()
        var after: [OutboxItem]
        do throws(DeliveryFailure) {
            let receipt = try await deliver(notification, through: pass.channel, settled: told.first?.settled ?? [])
            let words = told.count > 1 ? "in a digest of \(told.count): " : ""
            after = told.map { policy.delivered($0, DeliveryReceipt(words + receipt.message), at: now) }
            noteDelivery(pass)
        } catch {
            after = noteFailure(error, told, digest.severity, pass)
            // They stay together.
            let next = after.filter { $0.state == .queued }.map(\.nextAttemptAt).max()
            for index in after.indices where after[index].state == .queued { after[index].nextAttemptAt = next ?? now }
        }
        try await write(after + dropped)
    }

    /// What is told, and what is not because nobody was told of its incident.
    private func sorted(_ digest: OutboxDigest) async throws -> (told: [OutboxItem], dropped: [OutboxItem]) {
        var (told, dropped): ([OutboxItem], [OutboxItem]) = ([], [])
        var called: Set<String> = []
        for item in digest.items {
            // One that has become severe meanwhile goes by itself.
            guard let item = try await takeUp(item, digest.severity), item.isInDigest else { continue }
            let incident = item.notification.incidentID
            if item.notification.kind.isCall {
                called.insert(incident)
            } else if !called.contains(incident), let reason = try await reasonToDrop(item) {
                dropped.append(policy.dropped(item, because: reason, at: clock.now()))
                continue
            }
            told.append(item)
        }
        return (told, dropped)
    }
}
