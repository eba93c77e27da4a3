internal import Riposte

/// The one table of ours in the kernel, and whose it is.
struct FirewallTable: Sendable, Hashable {
    static let prefix = "riposte"

    let name: String
    /// What its comment says: the program and the store it works for.
    let owner: String

    /// - Parameters:
    ///   - store: the absolute path of the store; one that does not fit into a comment (128 bytes, plain characters) is hashed.
    init(name: String, store: String) {
        self.name = name
        let isPlain = store.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        owner = "\(Self.prefix) " + (isPlain && store.utf8.count <= 110 ? store : "#\(StableHash.id([store]))")
    }

    /// Whether a table may be called this: ours begin with `riposte`, so that no setting makes us touch another's.
    static func isName(_ text: String) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count <= 64
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D }
    }

    /// Before destination NAT, so that redirected ports are covered too.
    static let chain = "prerouting"
    static let hook = "type filter hook prerouting priority -310; policy accept;"
}
