import Riposte
import RiposteConfiguration
import RiposteHost

/// Makes the actions that run the programs which settings name.
enum CommandFactory {
    /// By name. Throws where one cannot work as it is set.
    static func actions(_ settings: [ActionName: CommandSettings]) throws -> [any ResponseAction] {
        try settings.sorted { $0.key < $1.key }.map { name, command in
            do throws(CommandError) {
                return CommandAction(name, try CommandConfiguration(command))
            } catch {
                throw UnusableSetting(description: "action “\(name)”: \(error)")
            }
        }
    }
}

extension CommandConfiguration {
    init(_ settings: CommandSettings) throws(CommandError) {
        var arguments: [CommandArgument] = []
        for word in settings.command.dropFirst() { arguments.append(try CommandArgument(word)) }
        try self.init(
            program: settings.command.first ?? "", arguments: arguments, environment: settings.environment, user: settings.user,
            timeout: settings.timeout, unchangedStatus: settings.unchangedStatus)
    }
}
