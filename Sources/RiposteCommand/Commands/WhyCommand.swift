import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say what is in force on an address or account, who wanted it, and how to undo it.",
        discussion: """
            Examples: riposte why 203.0.113.9
                      riposte why user:alice
            """)

    @Argument(help: "An address (203.0.113.9), a network (203.0.113.0/24) or an account (user:alice).", transform: TargetArgument.parse)
    var target: Target

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access()
        try await access.withStore { store in
            let protected = try Assembly(access.loaded, store: store, logger: access.logger).protected
            let now = SystemClock().now()
            let explanation = try await Explanation(target, from: store, protected: protected, now: now)
            Console.print(explanation.text(now: now))
        }
    }
}

enum TargetArgument {
    static func parse(_ text: String) throws -> Target {
        guard let target = Target(text) else {
            throw ValidationError(
                "“\(text)” is not a target: write an address (203.0.113.9), a network (203.0.113.0/24) or an account (user:alice)")
        }
        return target
    }
}
