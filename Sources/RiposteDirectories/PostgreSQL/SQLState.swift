internal import Riposte

/// What a server's five characters say about trying again (PostgreSQL, appendix A). The transaction they end is taken back by
/// the server, so nothing has been done.
struct SQLState: Sendable, Hashable, CustomStringConvertible {
    let code: String

    init?(_ code: String) {
        let bytes = code.utf8
        guard bytes.count == 5, bytes.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }) else { return nil }
        // Every code has a digit; FATAL and PANIC, which stand before it, have none.
        guard bytes.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
        self.code = code
    }

    /// The code in a message of a connection that did not come about, as `FATAL:  28P01: …` has it.
    init?(in message: String) {
        let line = message.prefix { $0 != "\n" }
        let parts = line.split(separator: ": ", omittingEmptySubsequences: false)
        guard let found = parts.lazy.compactMap({ SQLState(String($0.drop { $0 == " " })) }).first else { return nil }
        self = found
    }

    var description: String { code }

    /// Connection, rollback for serialization or deadlock, resources, operator's intervention, system errors, internal ones.
    private static let transientClasses = ["08", "40", "53", "57", "58", "XX"]
    /// An object in use, a lock that was not free in time, a server that is only a copy at present.
    private static let transientCodes = ["55006", "55P03", "25006"]

    var kind: FailureKind {
        // The connection ended in the middle of a commit.
        if code == "40003" || code == "08007" { return .unknown }
        return Self.transientClasses.contains(String(code.prefix(2))) || Self.transientCodes.contains(code) ? .transient : .permanent
    }
}
