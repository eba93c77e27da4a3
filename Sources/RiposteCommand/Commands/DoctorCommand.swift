import ArgumentParser
import Riposte
import RiposteConfiguration

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at every part that the settings name: whether it works, and what it needs.",
        discussion: """
            Run it as the user that serve runs as: what it may read and change is what counts. It changes nothing and sends \
            nothing; servers that hold accounts are asked whether they would do it. Ends with 1 where a part does not work.
            Examples: riposte doctor
                      sudo -u riposte riposte doctor --config /etc/riposte/riposte.yaml
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = try options.load(saying: .everything)
        let checkups = await Doctor(loaded: loaded, logger: options.logger(loaded.settings, quietly: true)).examine()
        switch output.output {
        case .table:
            let rows = checkups.map { [$0.state.rawValue, $0.part, $0.detail, $0.needs] }
            Console.print(Table.text([["STATE", "PART", "WHAT WAS SEEN", "NEEDS"]] + rows))
        case .ndjson: for checkup in checkups { Console.printJSON(try JSONOutput.line(checkup)) }
        }
        if checkups.contains(where: { $0.state == .failing }) { throw ExitCode.failure }
    }
}
