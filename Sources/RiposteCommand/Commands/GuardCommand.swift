import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct GuardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard", abstract: "Say how the guard stands: paused or not, what is left of the budgets, what needs approval.",
        discussion: """
            Examples: riposte guard
                      riposte guard --output ndjson | jq .budgets
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access()
        try await access.withStore { store in
            let protected = try Assembly(access.loaded, store: store, logger: access.logger).protected
            let report = try await GuardReport(
                from: store, protected: protected, budgets: access.loaded.settings.budgets, now: SystemClock().now())
            switch output.output {
            case .table: Console.print(report.text)
            case .ndjson: Console.printJSON(try JSONOutput.line(report))
            }
        }
    }
}
