import RiposteTesting

@testable import Riposte

/// A sign-in that worked.
func signIn(_ user: String, from address: String, at time: Timestamp = noon - .hours(2)) -> Event {
    Event(time: time, kind: .login, outcome: .success, method: .password, address: IPAddress(address), user: user)
}

/// One that did not.
func failure(_ user: String, from address: String, at time: Timestamp = noon - .hours(2), count: UInt32 = 1) -> Event {
    Event(
        time: time, kind: .login, outcome: .failure, reason: .badCredentials, method: .password, address: IPAddress(address), user: user,
        count: count)
}

extension Playbook {
    /// Answers everything with a ban and a lock.
    static let containment = Playbook("containment", triggers: [Trigger()], steps: [Step(.blockIP), Step(.lockAccount)])
}

extension Bench {
    /// What `why` says of a target.
    func why(_ text: String) async throws -> String {
        let explanation = try await Explanation(
            target(text), from: disk, protected: responder.configuration.protected, now: clock.now())
        return explanation.text(now: clock.now())
    }

    /// Has people sign in from many addresses, so that no address carries much.
    func populate(_ count: Int) {
        responder.observe((0..<count).map { signIn("someone\($0)", from: "100.64.\($0 / 250).\($0 % 250 + 1)") })
    }
}
