extension IncidentResponder {
    /// Writes down who has signed in whom playbooks in shadow would have contained, where no ingest has done so yet.
    package func writeShadows() async throws {
        let changed = engine.shadows.takeChanged()
        do { try await engine.commit(WriteBatch(changed.map(StoreOperation.putShadowEffect))) } catch {
            engine.shadows.giveBack(changed)
            throw error
        }
    }
}
