import Riposte

/// Sign-ins of a few addresses and users, with steps that fall on and beside the thresholds, late ones, repeated ones,
/// successes and everything else that counts differently.
struct RandomStream {
    private var random: SeededGenerator
    private let addresses: [String]
    private let users: Int
    private let lateShare: Double
    private let successShare: Double
    private let unknownShare: Double
    private let steps: [Double]
    private(set) var events: [Event] = []

    private static let pool = [
        "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "198.51.100.1",
        "203.0.113.9", "2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:2:1::1",
        "64:ff9b::c633:6401", "64:ff9b::c633:6402",
    ]

    init(seed: UInt64, lateShare: Double? = nil) {
        var random = SeededGenerator(seed: seed)
        let count = [1, 2, 3, 6, 10, 15].randomElement(using: &random) ?? 1
        let neighbours = (1...24).map { "192.0.2.\($0)" }
        addresses = Int.random(in: 0..<4, using: &random) == 0 ? neighbours : Array(Self.pool.shuffled(using: &random).prefix(count))
        users = [1, 2, 3, 8, 20, 40].randomElement(using: &random) ?? 1
        self.lateShare = lateShare ?? [0, 0, 0.05, 0.3].randomElement(using: &random) ?? 0
        successShare = [0, 0.03, 0.1, 0.3].randomElement(using: &random) ?? 0
        unknownShare = [0, 0.2, 1].randomElement(using: &random) ?? 0
        steps =
            [[0, 1], [20, 40, 60], [100, 150, 149.999999, 150.000001], [0, 30, 600, 599.999999], [120, 1000, 1080, 2300]]
            .randomElement(using: &random) ?? []
        self.random = random
        make()
    }

    private mutating func make() {
        let count = Int.random(in: 10...110, using: &random)
        var now = 0.0
        if Bool.random(using: &random) {
            // Somewhere people work.
            for worker in 0..<6 { events.append(.success(addresses.first, "worker\(worker)", at: Double(worker))) }
        }
        for _ in 0..<count {
            now += steps.randomElement(using: &random) ?? 0
            let isLate = Double.random(in: 0..<1, using: &random) < lateShare
            events.append(event(at: isLate ? now - Double.random(in: 0...1200, using: &random).rounded() : now))
        }
    }

    private mutating func event(at time: Double) -> Event {
        let address = Int.random(in: 0..<40, using: &random) == 0 ? nil : addresses.randomElement(using: &random)
        let user = "user\(Int.random(in: 0..<users, using: &random))"
        guard Double.random(in: 0..<1, using: &random) >= successShare else {
            let method = [Event.Method.password, .password, .publicKey, .keyboardInteractive].randomElement(using: &random)
            return .success(address, user, at: time, by: method ?? .password)
        }
        let isUnknown = Double.random(in: 0..<1, using: &random) < unknownShare
        let reasons: [Event.Reason] = isUnknown ? [.unknownUser] : [.badCredentials, .badCredentials, .none, .locked, .mfaDenied]
        let hasUser = Int.random(in: 0..<30, using: &random) > 0
        let count = Int.random(in: 0..<60, using: &random) == 0 ? UInt32.random(in: 2...5, using: &random) : 1
        return .failure(address, hasUser ? user : nil, at: time, reasons.randomElement(using: &random) ?? .none, count: count)
    }

    /// Thresholds that small streams reach in many ways; every other one the shipped.
    static func configuration(seed: UInt64) -> DetectionConfiguration {
        var configuration = DetectionConfiguration()
        configuration.salt = seed
        var random = SeededGenerator(seed: seed &* 31 &+ 7)
        guard Bool.random(using: &random) else { return configuration }
        configuration.bruteForce.ipFailures = .random(in: 2...6, using: &random)
        configuration.bruteForce.ipHighFailures = .random(in: 4...12, using: &random)
        configuration.bruteForce.slowFailures = .random(in: 6...25, using: &random)
        configuration.bruteForce.userFailures = .random(in: 2...6, using: &random)
        configuration.bruteForce.userHighFailures = .random(in: 4...12, using: &random)
        configuration.bruteForce.dominantShare = .random(in: 0.5...1, using: &random)
        configuration.bruteForce.distributedAddresses = .random(in: 2...5, using: &random)
        configuration.bruteForce.distributedFailures = .random(in: 3...10, using: &random)
        configuration.bruteForce.cooldown = .seconds(.random(in: 1...1200, using: &random))
        configuration.credentialStuffing.users = .random(in: 3...15, using: &random)
        configuration.credentialStuffing.attempts = .random(in: 4...25, using: &random)
        configuration.credentialStuffing.weakUsers = .random(in: 3...10, using: &random)
        configuration.credentialStuffing.weakAttempts = .random(in: 4...20, using: &random)
        configuration.credentialStuffing.successShare = .random(in: 0...0.4, using: &random)
        configuration.successAfterFailures.tries = .random(in: 1...4, using: &random)
        return configuration
    }
}
