internal import Riposte

extension SettingsSections {
    mutating func readProtected(_ value: LocatedValue) {
        let known = ["administrators", "gateways", "networks", "proxies", "roles", "users"]
        guard let map = values.map(value, "“protected”", known: known, later: []) else { return }
        if let value = map["networks"] { settings.protected.networks = networks(value, "networks") }
        if let value = map["proxies"] { settings.protected.proxies = networks(value, "proxies") }
        if let value = map["gateways"] { settings.protected.gateways = networks(value, "gateways") }
        if let value = map["users"] { settings.protected.users = values.texts(value, "users") ?? [] }
        if let value = map["roles"] { settings.protected.roles = values.texts(value, "roles") ?? [] }
        if let value = map["administrators"] { settings.protected.administrators = values.texts(value, "administrators") ?? [] }
    }

    /// `users`, `addresses`, or the name of an action.
    mutating func readBudgets(_ value: LocatedValue) {
        for member in named(value, "budgets") {
            let standing = member.key == "addresses" ? settings.budgets.addresses : settings.budgets.users
            guard let limit = budget(member, standing) else { continue }
            switch member.key {
            case "users": settings.budgets.users = limit
            case "addresses": settings.budgets.addresses = limit
            default: settings.budgets.actions[ActionName(member.key)] = limit
            }
        }
    }

    private mutating func budget(_ member: LocatedValue.Member, _ standing: BudgetLimit) -> BudgetLimit? {
        let known = ["count", "share", "window"]
        guard let map = values.map(member.value, "the budget “\(member.key)”", known: known, later: []) else { return nil }
        var limit = standing
        if let value = map["count"], let count = values.integer(value, "count", in: 0...1_000_000) { limit.count = count }
        if let value = map["share"], let share = values.integer(value, "share", in: 0...100) { limit.share = Double(share) / 100 }
        if let value = map["window"], let window = values.duration(value, "window") { limit.window = window }
        return limit
    }

    mutating func readMaximumEventAge(_ value: LocatedValue) {
        if value.json == "off" {
            settings.maximumEventAge = nil
        } else if let age = values.duration(value, "max_event_age") {
            settings.maximumEventAge = age
        }
    }
}
