extension DetectionConfiguration {
    /// What can be set in the configuration, by detector family.
    public static var parameters: [String: [ParameterDescription]] {
        Dictionary(grouping: settings, by: \.detector).mapValues { $0.map(\.description) }
    }

    /// Sets one parameter by its name.
    ///
    /// - Throws: where the detector or parameter is unknown, or the value not of its type.
    public mutating func set(_ detector: String, _ parameter: String, to value: JSONValue) throws(ParameterError) {
        guard let setting = Self.settings.first(where: { $0.detector == detector && $0.description.name == parameter }) else {
            throw ParameterError("\(detector) has no parameter “\(parameter)”")
        }
        try setting.apply(&self, value)
    }

    private struct Setting {
        var detector: String
        var description: ParameterDescription
        var apply: (inout DetectionConfiguration, JSONValue) throws(ParameterError) -> Void
    }

    private static func duration(
        _ detector: String, _ name: String, _ path: WritableKeyPath<DetectionConfiguration, Duration>, _ summary: String
    ) -> Setting {
        let parameter = Parameter.duration(name, default: DetectionConfiguration()[keyPath: path], summary)
        return Setting(detector: detector, description: parameter.description) { (configuration, json) throws(ParameterError) in
            configuration[keyPath: path] = try parameter.decode(json)
        }
    }

    private static func count(
        _ detector: String, _ name: String, _ path: WritableKeyPath<DetectionConfiguration, Int>, _ summary: String
    ) -> Setting {
        let parameter = Parameter.count(name, in: 1...AttemptRing.capacity, default: DetectionConfiguration()[keyPath: path], summary)
        return Setting(detector: detector, description: parameter.description) { (configuration, json) throws(ParameterError) in
            configuration[keyPath: path] = try parameter.decode(json)
        }
    }

    private static func share(
        _ detector: String, _ name: String, _ path: WritableKeyPath<DetectionConfiguration, Double>, _ summary: String
    ) -> Setting {
        let value = DetectionConfiguration()[keyPath: path]
        let parameter = Parameter<Double>(name, type: "share, 0 to 1", default: value, defaultText: "\(value)", summary) {
            (json) throws(ParameterError) in
            let number: Double? = if case .double(let number) = json { number } else { json.int.map(Double.init) }
            guard let number, (0...1).contains(number) else { throw ParameterError("must be a number from 0 to 1; got \(json.kindName)") }
            return number
        }
        return Setting(detector: detector, description: parameter.description) { (configuration, json) throws(ParameterError) in
            configuration[keyPath: path] = try parameter.decode(json)
        }
    }

    private static var settings: [Setting] { bruteForceSettings + stuffingSettings + successSettings }

    private static var bruteForceSettings: [Setting] {
        let name = "brute_force"
        return [
            count(name, "ip_failures", \.bruteForce.ipFailures, "Failures from one address that are medium."),
            duration(name, "ip_window", \.bruteForce.ipWindow, "In this time."),
            count(name, "ip_high_failures", \.bruteForce.ipHighFailures, "Failures from one address that are high."),
            duration(name, "ip_high_window", \.bruteForce.ipHighWindow, "In this time."),
            count(name, "slow_failures", \.bruteForce.slowFailures, "Failures from one slow address that are high."),
            duration(name, "slow_window", \.bruteForce.slowWindow, "In this time."),
            count(name, "slowest_failures", \.bruteForce.slowestFailures, "Failures from one very slow address that are high."),
            duration(name, "slowest_window", \.bruteForce.slowestWindow, "In this time."),
            share(name, "slow_success_share", \.bruteForce.slowSuccessShare, "At most this share of a slow address's attempts succeeds."),
            count(name, "user_failures", \.bruteForce.userFailures, "Failures for one user that are low."),
            count(name, "user_high_failures", \.bruteForce.userHighFailures, "Failures for one user that are high."),
            duration(name, "user_window", \.bruteForce.userWindow, "In this time."),
            share(name, "dominant_share", \.bruteForce.dominantShare, "A source with this share of a user's failures has them alone."),
            count(
                name, "distributed_addresses", \.bruteForce.distributedAddresses, "Addresses that make an attack on one user distributed."),
            count(name, "distributed_failures", \.bruteForce.distributedFailures, "Failures of a distributed attack that are high."),
            count(name, "distributed_critical_failures", \.bruteForce.distributedCriticalFailures, "Failures of one that are critical."),
            duration(name, "distributed_window", \.bruteForce.distributedWindow, "In this time."),
            duration(name, "cooldown", \.bruteForce.cooldown, "The same finding about the same key is made again only after this."),
        ]
    }

    private static var stuffingSettings: [Setting] {
        let name = "credential_stuffing"
        return [
            count(name, "users", \.credentialStuffing.users, "Users that one source tries."),
            count(name, "attempts", \.credentialStuffing.attempts, "Attempts it makes."),
            duration(name, "window", \.credentialStuffing.window, "In this time: high."),
            count(name, "tries_per_user", \.credentialStuffing.triesPerUser, "Tries that most users have at most."),
            share(name, "share_of_users", \.credentialStuffing.shareOfUsers, "The share of the users that most means."),
            count(name, "weak_users", \.credentialStuffing.weakUsers, "Users of the weaker form."),
            count(name, "weak_attempts", \.credentialStuffing.weakAttempts, "Attempts of the weaker form."),
            duration(name, "weak_window", \.credentialStuffing.weakWindow, "In this time: medium."),
            share(name, "success_share", \.credentialStuffing.successShare, "At most this share of the attempts succeeds."),
            count(
                name, "attempts_per_member", \.credentialStuffing.attemptsPerMember,
                "An address with more attempts is judged alone and not with its network."),
            duration(
                name, "cooldown", \.credentialStuffing.cooldown, "The same finding about the same source is made again only after this."),
        ]
    }

    private static var successSettings: [Setting] {
        let name = "success_after_failures"
        return [
            duration(name, "window", \.successAfterFailures.window, "How long after an attack of its source a success counts."),
            count(
                name, "tries", \.successAfterFailures.tries,
                "Failures for the account that a source must have, unless it was found stuffing or attacking with high severity."),
            duration(
                name, "cooldown", \.successAfterFailures.cooldown, "The same finding about the same account is made again only after this."),
        ]
    }
}
