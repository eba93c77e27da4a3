/// How many of those who have signed in lately may be hit in a while. Attackers do not count: they have not signed in.
public struct BudgetLimit: Sendable, Hashable {
    /// At most so many.
    public var count: Int
    /// And at most this part of all who have signed in within 7 days, 0…1.
    public var share: Double
    /// In which time those who were hit count together.
    public var window: Duration

    /// Creates a limit; both `count` and `share` hold.
    public init(count: Int, share: Double = 0.1, window: Duration = .hours(1)) {
        self.count = count
        self.share = share
        self.window = window
    }

    /// A handful of people can hardly be divided: so many are always allowed, where ``count`` does not say fewer.
    static let least = 3

    /// How many may be hit where `population` have signed in lately: for critical severity all of it, for the rest four in
    /// five.
    func allowed(population: Int, _ severity: Severity) -> Int {
        let all = max(min(count, Int(Double(population) * share)), min(count, Self.least))
        return severity == .critical ? all : all - (all == 0 ? 0 : max(all / 5, 1))
    }
}

/// The limits: for accounts, for addresses, and for actions that have their own.
public struct BudgetLimits: Sendable, Hashable {
    /// For accounts: how many each action without a limit of its own may hit.
    public var users: BudgetLimit
    /// For addresses: how many each action without a limit of its own may hit.
    public var addresses: BudgetLimit
    /// For single actions, in the place of the others.
    public var actions: [ActionName: BudgetLimit]

    /// Creates limits: 20 accounts and 50 addresses an hour, unless something else is said.
    public init(
        users: BudgetLimit = BudgetLimit(count: 20), addresses: BudgetLimit = BudgetLimit(count: 50),
        actions: [ActionName: BudgetLimit] = [:]
    ) {
        self.users = users
        self.addresses = addresses
        self.actions = actions
    }

    func limit(_ action: ActionName, _ kind: Target.Kind) -> BudgetLimit? {
        if let limit = actions[action] { return limit }
        return switch kind {
        case .user: users
        case .address: addresses
        case .session: nil
        }
    }

    var longestWindow: Duration { ([users, addresses] + actions.values).map(\.window).max() ?? .zero }
}

/// Who was hit when, by each action and kind of target.
struct BudgetBook: Sendable {
    struct Key: Hashable, Sendable {
        var action: ActionName
        var kind: Target.Kind
    }

    private(set) var spent: [Key: [Target: Timestamp]] = [:]

    mutating func spend(_ action: ActionName, _ target: Target, at time: Timestamp) {
        let key = Key(action: action, kind: target.kind)
        spent[key, default: [:]][target] = max(time, spent[key]?[target] ?? time)
    }

    mutating func giveBack(_ action: ActionName, _ target: Target) {
        spent[Key(action: action, kind: target.kind)]?[target] = nil
    }

    /// How many are hit now, `target` aside; what is longer ago than `window` is forgotten.
    mutating func used(_ key: Key, besides target: Target?, window: Duration, at now: Timestamp) -> Int {
        guard let targets = spent[key] else { return 0 }
        let recent = targets.filter { $0.value + window > now }
        spent[key] = recent.isEmpty ? nil : recent
        return recent.count - (target.map { recent[$0] != nil } == true ? 1 : 0)
    }
}
