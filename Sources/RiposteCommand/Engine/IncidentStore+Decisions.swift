import Riposte

extension IncidentStore {
    /// What is in force at `now`, as the store tells it.
    func decisions(at now: Timestamp) async throws -> [Decision] {
        let board = DecisionBoard()
        board.restore(try await effects(.open).filter { $0.state == .active || $0.state == .undoing })
        return board.snapshot.all.filter { $0.isInForce(at: now) }
    }
}
