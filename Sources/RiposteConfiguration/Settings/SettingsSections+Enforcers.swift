internal import Riposte

extension SettingsSections {
    mutating func readEnforcers(_ value: LocatedValue) {
        var places: [String: String] = [:]
        for member in named(value, "enforcers") {
            guard let enforcer = enforcer(member) else { continue }
            settings.enforcers[EnforcerName(member.key)] = enforcer
            guard let other = places.updateValue(member.key, forKey: Self.place(enforcer)) else { continue }
            values.error(
                member.value.location, "“\(member.key)” and “\(other)” have the same \(Self.place(enforcer))",
                "take one of them out, or give it another")
        }
    }

    /// Where it works: two that work in one place undo each other.
    private static func place(_ enforcer: EnforcerSettings) -> String {
        switch enforcer {
        case .nftables(let table): "table “\(table)”"
        case .helper(let socket): socket.map { "helper “\($0)”" } ?? "helper"
        }
    }

    private mutating func enforcer(_ member: LocatedValue.Member) -> EnforcerSettings? {
        let what = "enforcer “\(member.key)”"
        guard let map = values.map(member.value, what, known: ["type", "table", "socket"], later: []) else { return nil }
        guard let type = map["type"] else {
            values.error(member.value.location, "\(what) needs a “type”: nftables or helper")
            return nil
        }
        switch values.choice(type, "type", ["nftables", "helper"]) {
        case "nftables":
            refuse(map["socket"], "“socket” belongs to the type helper")
            guard let value = map["table"] else { return .nftables(table: "riposte") }
            return tableName(value).map(EnforcerSettings.nftables)
        case "helper":
            refuse(map["table"], "the helper's table is set where it is started: riposte-helper --table")
            guard let value = map["socket"] else { return .helper(socket: nil) }
            return path(value, "socket").map { .helper(socket: $0) }
        default: return nil
        }
    }

    /// Ours begin with `riposte`, so that no setting makes us touch another's.
    private mutating func tableName(_ value: LocatedValue) -> String? {
        guard let name = values.text(value, "table") else { return nil }
        let isPlain = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D }
        if name.hasPrefix("riposte"), isPlain, name.utf8.count <= 64 { return name }
        values.error(
            value.location,
            "“table” is riposte, or riposte and more of a-z, 0-9, - and _, 64 characters at most; got \(PlaybookReader.got(value))")
        return nil
    }

    private mutating func refuse(_ value: LocatedValue?, _ why: String) {
        if let value { values.error(value.location, why, "take it out") }
    }
}
