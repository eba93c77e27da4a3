internal import Riposte

extension SettingsSections {
    mutating func readEnforcers(_ value: LocatedValue) {
        var tables: [String: String] = [:]
        for member in named(value, "enforcers") {
            guard let enforcer = enforcer(member) else { continue }
            settings.enforcers[EnforcerName(member.key)] = enforcer
            guard case .nftables(let table) = enforcer else { continue }
            if let other = tables.updateValue(member.key, forKey: table) {
                values.error(member.value.location, "“\(member.key)” and “\(other)” have the same table “\(table)”", "give one of them another “table”")
            }
        }
    }

    private mutating func enforcer(_ member: LocatedValue.Member) -> EnforcerSettings? {
        let what = "enforcer “\(member.key)”"
        guard let map = values.map(member.value, what, known: ["type", "table"], later: []) else { return nil }
        guard let type = map["type"] else {
            values.error(member.value.location, "\(what) needs a “type”: nftables")
            return nil
        }
        guard values.choice(type, "type", ["nftables"]) != nil else { return nil }
        guard let value = map["table"] else { return .nftables(table: "riposte") }
        return values.text(value, "table").map(EnforcerSettings.nftables)
    }
}
