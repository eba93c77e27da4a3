internal import Synchronization

/// The ``ShadowWatch``, shared by those who drive runs and those who read events.
final class ShadowBook: Sendable {
    private let watch = Mutex(ShadowWatch())

    func load(_ effects: [ShadowEffect]) { watch.withLock { $0.load(effects) } }
    func record(_ effect: ShadowEffect) -> ShadowEffect { watch.withLock { $0.record(effect) } }

    func observe(_ events: [Event]) {
        let signIns = events.compactMap { ShadowWatch.SignIn($0) }
        guard !signIns.isEmpty else { return }
        watch.withLock { watch in
            for signIn in signIns { watch.observe(signIn) }
        }
    }

    /// What has changed, to be written; ``giveBack(_:)`` where that fails.
    func takeChanged() -> [ShadowEffect] { watch.withLock { $0.takeChanged() } }
    func giveBack(_ effects: [ShadowEffect]) { watch.withLock { $0.giveBack(effects) } }
}
