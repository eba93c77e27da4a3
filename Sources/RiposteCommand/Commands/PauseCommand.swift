import ArgumentParser
import Riposte
import RiposteConfiguration
import RiposteSQLite

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "The kill switch: nothing is touched any more, until riposte resume.",
        discussion: """
            Works with the daemon up, down and hung: it is written to the store, and a daemon that runs obeys within a fraction of \
            a second. Attacks are still found and recorded, what is in force still expires and can be taken back; nothing new is \
            done, by playbooks or by hand.
            Example: riposte pause --reason "is it us who block the office?"
            """)

    @Option(help: "Why, for the record.")
    var reason = ""

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access(quietly: true)
        let (pause, wasPaused) = try await access.withStore { store in
            try await store.pause(at: SystemClock().now(), actor: access.actor, reason: reason)
        }
        Console.printLine((wasPaused ? "it was paused already: " : "") + pause.sentence)
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End a pause: what waited goes on, and has lost none of its time.",
        discussion: "Example: riposte resume")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let access = try options.access(quietly: true)
        let ended = try await access.withStore { store in try await store.resume(at: SystemClock().now(), actor: access.actor) }
        Console.printLine(ended.map { "resumed; it was \($0.sentence)" } ?? "it was not paused")
    }
}
