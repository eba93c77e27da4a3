internal import Riposte

extension SettingsSections {
    static let commandKeys = ["type", "command", "environment", "user", "timeout", "unchanged_status"]

    /// `{type: run_command, command: [/usr/local/bin/purge, "{{ ip }}"], timeout: 10s, user: nobody}`.
    mutating func readCommand(_ member: LocatedValue.Member, _ what: String) {
        guard let map = values.map(member.value, what, known: Self.commandKeys, later: []) else { return }
        guard let list = map["command"], case .list(let words) = list.content, !words.isEmpty else {
            let place = map["command"]?.location ?? member.value.location
            return values.error(
                place, "\(what) needs a “command”: a list of the program and its arguments", "write [/usr/local/bin/purge, \"{{ ip }}\"]")
        }
        let command = words.compactMap { values.text($0, "command") }
        guard command.count == words.count else { return }
        if command[0].hasPrefix("/") == false {
            values.error(words[0].location, "“\(command[0].prefix(80))” must be the absolute path of a program; there is no shell")
        }
        for (word, value) in zip(command, words).dropFirst() where ArgumentTemplate(word) == nil {
            values.error(value.location, ArgumentTemplate.refusal(of: word.prefix(80)))
        }
        var settings = CommandSettings(command: command)
        if let value = map["environment"] { settings.environment = environment(value) }
        if let value = map["user"], let user = values.text(value, "user") { settings.user = user }
        if let value = map["timeout"], let timeout = values.duration(value, "timeout") { settings.timeout = timeout }
        if let value = map["unchanged_status"] {
            if case .scalar(.int(let status)) = value.content, (1...255).contains(status) {
                settings.unchangedStatus = Int(status)
            } else {
                values.error(value.location, "“unchanged_status” must be an exit status from 1 to 255; got \(PlaybookReader.got(value))")
            }
        }
        self.settings.commands[ActionName(member.key)] = settings
    }

    private mutating func environment(_ value: LocatedValue) -> [String: String] {
        guard case .map(let members) = value.content else {
            values.error(value.location, "“environment” must be a map; got \(PlaybookReader.got(value))")
            return [:]
        }
        var environment: [String: String] = [:]
        for member in members { environment[member.key] = values.text(member.value, member.key) }
        return environment
    }
}
