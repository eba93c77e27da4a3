internal import Riposte

/// What the unprivileged daemon may ask of root's helper: these few verbs, about bans in the helper's one table and about
/// accounts of this machine, and nothing else. Sent as JSON, one request and one reply a connection.
struct HelperRequest: Sendable, Hashable, Codable {
    enum Verb: Sendable, Hashable, Codable {
        case apply([HelperBan], lifting: [AddressRange])
        case compare([HelperBan])
        case reconcile([HelperBan])
        case remove
        /// Where the helper was started for that.
        case account(LocalErrand)
        /// Whether somebody is there who would do it.
        case probe
    }

    /// The absolute path of the store whose decisions these are: a table belongs to one.
    var store: String
    var verb: Verb
}

/// One banned network, and until when.
struct HelperBan: Sendable, Hashable, Codable {
    var range: AddressRange
    /// `nil` = without end.
    var until: Timestamp?
}

/// What the helper answers.
enum HelperReply: Sendable, Hashable, Codable {
    case done
    /// What was off.
    case drift(EnforcementDrift)
    /// Whether there was anything to remove.
    case removed(Bool)
    case account(LocalAnswer)
    /// It will not do that, whoever asks.
    case refused(String)
    case failed(String, FailureKind)
}

extension HelperBan {
    /// `nil` for what a firewall does not carry out: throttles, accounts.
    init?(_ decision: Decision) {
        guard decision.type == .ban, case .address(let range) = decision.target else { return nil }
        self.init(range: range, until: decision.until)
    }

    var decision: Decision {
        Decision(target: .address(range), type: .ban, until: until, owners: [], incidents: [], playbooks: [], since: .distantPast)
    }
}
