import Riposte
import Testing

@Suite struct `the detectors' parameters` {
    /// A value for each parameter, and a course of events that it changes the outcome of.
    private struct Change {
        var detector: String
        var parameter: String
        var value: JSONValue
        var events: [Event]
    }

    private static func one(_ count: Int, every seconds: Double) -> [Event] {
        (0..<count).map { .failure("203.0.113.9", nil, at: 100 + Double($0) * seconds) }
    }

    private static func alice(_ count: Int, from addresses: Int = 0, every seconds: Double = 1) -> [Event] {
        (0..<count).map { .failure(addresses > 0 ? "203.0.\($0 % addresses).1" : nil, "alice", at: Double($0) * seconds) }
    }

    private static func users(_ count: Int, of users: Int, every seconds: Double = 1) -> [Event] {
        (0..<count).map { .failure("203.0.113.9", "user\($0 % users)", at: 100 + Double($0) * seconds) }
    }

    private static func successes(_ count: Int) -> [Event] { (0..<count).map { .success("203.0.113.9", "employee\($0)", at: Double($0)) } }

    private static let bruteForce: [(String, JSONValue, [Event])] = [
        ("ip_failures", .int(4), one(4, every: 1)),
        ("ip_window", .string("5m"), one(5, every: 100)),
        ("ip_high_failures", .int(6), one(6, every: 1)),
        ("ip_high_window", .string("1m"), one(10, every: 30)),
        ("slow_failures", .int(10), one(10, every: 1000)),
        ("slow_window", .string("1h"), one(20, every: 1000)),
        ("slowest_failures", .int(25), one(25, every: 3000)),
        ("slowest_window", .string("12h"), one(40, every: 2200)),
        ("slow_success_share", .double(0.5), successes(5) + one(20, every: 1000)),
        ("user_failures", .int(3), alice(3)),
        ("user_high_failures", .int(6), alice(6)),
        ("user_window", .string("1m"), alice(5, every: 60)),
        ("dominant_share", .double(0.5), alice(6, from: 2)),
        ("distributed_addresses", .int(3), alice(10, from: 3)),
        ("distributed_failures", .int(6), alice(6, from: 5)),
        ("distributed_critical_failures", .int(12), alice(12, from: 5)),
        ("distributed_window", .string("1m"), alice(10, from: 5, every: 60)),
        ("cooldown", .string("1m"), one(20, every: 30)),
    ]

    private static let stuffing: [(String, JSONValue, [Event])] = [
        ("users", .int(12), users(25, of: 12)),
        ("attempts", .int(16), users(16, of: 16)),
        ("window", .string("5m"), users(25, of: 20, every: 20)),
        ("tries_per_user", .int(3), (0..<30).map { .failure("203.0.113.9", "user\($0 / 3)", at: Double($0)) }),
        ("share_of_users", .double(0.1), (0..<30).map { .failure("203.0.113.9", "user\($0 / 3)", at: Double($0)) }),
        ("weak_users", .int(9), (0..<20).map { .failure("203.0.113.9", "user\(max(0, $0 - 11))", at: Double($0)) }),
        ("weak_attempts", .int(12), users(12, of: 12)),
        ("weak_window", .string("5m"), users(20, of: 10, every: 30)),
        ("success_share", .double(0.5), successes(5) + users(25, of: 25)),
        ("attempts_per_member", .int(5), (0..<50).map { .failure("203.0.113.\($0 / 5)", "user\($0)", at: Double($0)) }),
        ("cooldown", .string("1m"), users(200, of: 200, every: 2)),
    ]

    private static let success: [(String, JSONValue, [Event])] = [
        ("window", .string("1m"), users(6, of: 1) + [.success("203.0.113.9", "user0", at: 300)]),
        (
            "tries", .int(1),
            alice(10, from: 5) + [.failure("198.51.100.1", "alice", at: 20), .success("198.51.100.1", "alice", at: 30)]
        ),
        ("cooldown", .string("1m"), users(6, of: 1) + [200, 300].map { .success("203.0.113.9", "user0", at: $0) }),
    ]

    private static let changes =
        bruteForce.map { Change(detector: "brute_force", parameter: $0, value: $1, events: $2) }
        + stuffing.map { Change(detector: "credential_stuffing", parameter: $0, value: $1, events: $2) }
        + success.map { Change(detector: "success_after_failures", parameter: $0, value: $1, events: $2) }

    @Test func `are all set by their names, and each changes what is found`() throws {
        for change in Self.changes {
            var configuration = DetectionConfiguration()
            let before = configuration
            try configuration.set(change.detector, change.parameter, to: change.value)
            #expect(configuration != before, "\(change.detector).\(change.parameter)")
            var (shipped, changed) = (Scene(before), Scene(configuration))
            shipped.see(change.events)
            changed.see(change.events)
            #expect(shipped.found != changed.found, "\(change.detector).\(change.parameter)")
        }
    }

    @Test func `are those that this test knows, and no others`() {
        let listed = DetectionConfiguration.parameters.mapValues { Set($0.map(\.name)) }
        let known = Dictionary(grouping: Self.changes, by: \.detector).mapValues { Set($0.map(\.parameter)) }
        #expect(listed == known)
    }

    @Test func `tell defaults that change nothing when they are set`() throws {
        for (detector, parameters) in DetectionConfiguration.parameters {
            for parameter in parameters {
                var configuration = DetectionConfiguration()
                let before = configuration
                let text = try #require(parameter.defaultText)
                let value = Int64(text).map(JSONValue.int) ?? Double(text).map(JSONValue.double) ?? .string(text)
                try configuration.set(detector, parameter.name, to: value)
                #expect(configuration == before, "\(detector).\(parameter.name)")
                #expect(parameter.summary.hasSuffix("."))
            }
        }
    }

    @Test func `refuse values of another type and out of range`() {
        for (detector, parameters) in DetectionConfiguration.parameters {
            for parameter in parameters {
                for value in [JSONValue.null, .bool(true), .string("many"), .array([]), .int(-1), .int(129), .double(1.5), .string("0s")] {
                    var configuration = DetectionConfiguration()
                    let before = configuration
                    #expect(throws: ParameterError.self, "\(detector).\(parameter.name) = \(value)") {
                        try configuration.set(detector, parameter.name, to: value)
                    }
                    #expect(throws: ParameterError.self) { try parameter.check(value) }
                    #expect(configuration == before)
                }
            }
        }
    }

    @Test func `of other names are refused`() {
        var configuration = DetectionConfiguration()
        for (detector, name) in [("brute_force", "threshold"), ("brute_force", ""), ("brute_force.ip", "ip_failures"), ("other", "window")]
        {
            #expect(throws: ParameterError.self) { try configuration.set(detector, name, to: .int(5)) }
        }
    }
}
