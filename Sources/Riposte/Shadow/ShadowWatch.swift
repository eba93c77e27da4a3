/// Whom playbooks in shadow would have contained, found by the sign-ins that come later. A value with bounded memory.
struct ShadowWatch: Sendable {
    /// How long after the last time a target is watched.
    static let period: Duration = .hours(7 * 24)

    private let capacity: Int
    private var effects: [String: ShadowEffect] = [:]
    private var byTarget: [Target: Set<String>] = [:]
    /// How many watched networks have which prefix length.
    private var lengths: [Int: Int] = [:]
    /// The latest sign-ins: one may be read before the run that it belongs behind has been driven.
    private var recent: [SignIn] = []
    private var changed: Set<String> = []
    /// How many were let go of because there were too many.
    private(set) var dropped = 0

    struct SignIn: Sendable {
        var time: Timestamp
        var address: IPAddress?
        var user: String?

        /// `nil` where the event is no sign-in that succeeded.
        init?(_ event: Event) {
            guard event.outcome == .success, event.kind == .login else { return nil }
            (time, address, user) = (event.time, event.address, event.user)
        }

        func isBy(_ target: Target) -> Bool {
            switch target {
            case .address(let range): address.map(range.contains) ?? false
            case .user(let name): user == name
            case .session: false
            }
        }
    }

    private static let remembered = 4096

    init(capacity: Int = 20_000) { self.capacity = max(capacity, 1) }

    /// Takes over what is on disk.
    mutating func load(_ loaded: [ShadowEffect]) {
        for effect in loaded { put(effect) }
    }

    /// An effect as it is to be written: with what is known of an earlier one, and of sign-ins since.
    mutating func record(_ effect: ShadowEffect) -> ShadowEffect {
        var recorded = effect
        if var known = effects[effect.id] {
            known.repeats(effect)
            recorded = known
        } else {
            for signIn in recent where signIn.isBy(effect.target) { _ = recorded.succeeded(at: signIn.time) }
        }
        put(recorded)
        return recorded
    }

    mutating func observe(_ signIn: SignIn) {
        if recent.count >= 2 * Self.remembered { recent.removeFirst(Self.remembered) }
        recent.append(signIn)
        guard !effects.isEmpty else { return }
        for target in targets(of: signIn) {
            for id in byTarget[target] ?? [] {
                guard var effect = effects[id], effect.succeeded(at: signIn.time) else { continue }
                effects[id] = effect
                changed.insert(id)
            }
        }
    }

    /// Those that have changed since they were last taken, to be written.
    mutating func takeChanged() -> [ShadowEffect] {
        defer { changed = [] }
        return changed.sorted().compactMap { effects[$0] }
    }

    /// They could not be written.
    mutating func giveBack(_ effects: [ShadowEffect]) { changed.formUnion(effects.map(\.id)) }

    private func targets(of signIn: SignIn) -> [Target] {
        var targets = signIn.user.map { [Target.user($0)] } ?? []
        if let address = signIn.address {
            targets += Set(lengths.keys.map { AddressRange(address, prefixLength: $0) }).map(Target.address)
        }
        return targets
    }

    private mutating func put(_ effect: ShadowEffect) {
        if effects.updateValue(effect, forKey: effect.id) == nil {
            byTarget[effect.target, default: []].insert(effect.id)
            if case .address(let range) = effect.target { lengths[range.prefixLength, default: 0] += 1 }
        }
        if effects.count > capacity { makeRoom(before: effect.lastAt) }
    }

    /// Lets those go whose time is over, or else the oldest tenth.
    private mutating func makeRoom(before now: Timestamp) {
        let byAge = effects.values.sorted { ($0.lastAt, $0.id) < ($1.lastAt, $1.id) }
        let over = byAge.prefix { $0.lastAt + Self.period <= now }
        let leaving = over.isEmpty ? byAge.prefix(max(capacity / 10, 1)) : over
        dropped += over.isEmpty ? leaving.count : 0
        for effect in leaving where !changed.contains(effect.id) { remove(effect) }
    }

    private mutating func remove(_ effect: ShadowEffect) {
        effects[effect.id] = nil
        byTarget[effect.target]?.remove(effect.id)
        if byTarget[effect.target]?.isEmpty == true { byTarget[effect.target] = nil }
        guard case .address(let range) = effect.target, let count = lengths[range.prefixLength] else { return }
        lengths[range.prefixLength] = count > 1 ? count - 1 : nil
    }
}
