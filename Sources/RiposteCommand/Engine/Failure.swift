import ArgumentParser
import Riposte

/// Why a command cannot be carried out: one sentence for people, safe for a terminal whatever strangers' words it holds. The
/// program ends with 1.
struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = TerminalText.safe(description) }
}

/// Ends the program with a documented exit code, after the reason was printed.
extension ExitCode {
    /// The configuration or a playbook has errors.
    static let invalid = ExitCode(2)
    /// It waits until people have let it through.
    static let waiting = ExitCode(3)
}
