internal import Riposte

extension SettingsSections {
    private static let accountTypes = ["postgresql"]

    mutating func readAccounts(_ value: LocatedValue) {
        for member in named(value, "accounts") {
            if let account = account(member) { settings.accounts[DirectoryName(member.key)] = account }
        }
    }

    private mutating func account(_ member: LocatedValue.Member) -> AccountSettings? {
        let what = "accounts “\(member.key)”"
        guard case .map(let members) = member.value.content else {
            values.error(member.value.location, "\(what) must be a map; got \(PlaybookReader.got(member.value))")
            return nil
        }
        guard let type = members.first(where: { $0.key == "type" })?.value else {
            values.error(member.value.location, "\(what) needs a “type”: \(Self.accountTypes.joined(separator: ", "))")
            return nil
        }
        switch values.choice(type, "type", Self.accountTypes) {
        case "postgresql": return postgreSQL(member.value, what)
        default: return nil
        }
    }
}
