import Riposte

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Data on standard output, talk on standard error. What is printed is made safe for a terminal: names in logs are written
/// by attackers.
enum Console {
    /// One line of data: a line end in it is made safe as well.
    static func printLine(_ line: String) { write(TerminalText.safe(line), to: 1) }

    /// Lines of data. What they hold of strangers must be safe already: a line end in it would make a line of its own.
    static func print(_ line: String) {
        write(
            line.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.safe(String($0)) }.joined(separator: "\n"),
            to: 1)
    }

    /// One line of JSON: already safe, and not to be changed.
    static func printJSON(_ line: String) { write(line, to: 1) }

    /// One line for people.
    static func say(_ line: String) {
        write(
            line.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.safe(String($0)) }.joined(separator: "\n"),
            to: 2)
    }

    /// Whether people look at standard output and want colour.
    static let hasColour = isatty(1) == 1 && getenv("NO_COLOR") == nil

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return  // nobody reads it any more
            }
            bytes = bytes.dropFirst(count)
        }
    }
}
