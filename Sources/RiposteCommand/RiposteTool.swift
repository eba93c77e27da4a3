import ArgumentParser

/// `riposte`: daemon and command line.
@main
struct RiposteTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "riposte",
        abstract: "Finds attacks in security events and answers them with playbooks.",
        discussion: """
            Try it: riposte demo
            On a log: riposte replay /var/log/auth.log
            As a daemon: write “store: riposte.db” and your sources into riposte.yaml, then riposte serve

            Every command takes --config (default: riposte.yaml here, then /etc/riposte/riposte.yaml) and works with the daemon \
            up and with it down: what changes anything is asked of the daemon where one runs, and done by the command itself otherwise.

            Data goes to standard output, everything else to standard error.
            Exit codes: 0 done; 1 it could not be done, was refused, or is not ready; 2 the configuration or a playbook has errors; 3 it waits for people \
            (riposte approval list); 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, StatusCommand.self, DemoCommand.self, ReplayCommand.self, WhyCommand.self, IncidentCommand.self,
            RunCommand.self, EffectCommand.self, UndoCommand.self, ReportCommand.self, PlaybookCommand.self, DecisionCommand.self,
            AllowlistCommand.self, AllowCommand.self, PauseCommand.self, ResumeCommand.self, GuardCommand.self,
            EnforcerCommand.self, ActionCommand.self, ConfigCommand.self, DoctorCommand.self, CompletionCommand.self,
            ApprovalCommand.self, ShadowCommand.self, UnlockCommand.self,
        ])
}
