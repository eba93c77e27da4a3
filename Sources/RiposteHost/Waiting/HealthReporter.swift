internal import Riposte

/// Writes what a source is doing to the board, under its name.
struct HealthReporter {
    let name: SourceName
    let board: SourceHealthBoard
    let clock: any WallClock

    func following() { board.update(name) { $0.state = .following } }

    func finished() {
        board.update(name) {
            $0.state = .finished
            $0.lagBytes = 0
        }
    }

    func failed(_ error: any Error) { board.update(name) { $0.state = .failed(reason: "\(error)") } }

    /// The time since which it waits stays as it is while it waits.
    func waiting(_ error: any Error) {
        let now = clock.now()
        board.update(name) { health in
            let since = if case .waiting(let since, _) = health.state { since } else { now }
            health.state = .waiting(since: since, reason: "\(error)")
        }
    }

    func handedOn(_ bytes: Int, lag: UInt64) {
        let now = clock.now()
        board.update(name) { health in
            health.bytesRead += UInt64(bytes)
            health.lagBytes = lag
            if bytes > 0 { health.lastEvent = now }
        }
    }

    func missed(_ bytes: UInt64, _ notice: String) {
        board.update(name) { health in
            health.missedBytes += bytes
            health.notice = notice
        }
    }

    /// Says in the health how `body` ended: a failure that is not a cancellation stays to be seen.
    func watching(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as SourceError {
            failed(error)
            throw error
        }
    }
}
