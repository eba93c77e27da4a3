internal import Riposte

/// What nft said when it refused, as people can use it.
struct NftablesError: ClassifiedError, Hashable, CustomStringConvertible {
    let description: String
    let kind: FailureKind
    /// What was named is not there.
    let isMissing: Bool

    init(_ output: String) {
        let line =
            output.split(separator: "\n").first { $0.contains("Error: ") } ?? output.split(separator: "\n").first ?? "it did not say why"
        let words = line.firstRange(of: "Error: ").map { line[$0.upperBound...] } ?? line
        isMissing = words.contains("No such file or directory")
        if output.contains("Operation not permitted") {
            description = """
                the kernel's firewall may not be changed by this user. It takes CAP_NET_ADMIN: give it to the service \
                (AmbientCapabilities=CAP_NET_ADMIN), or run as root
                """
            kind = .permanent
        } else {
            description = "nftables: \(words.prefix(200))"
            kind = .transient
        }
    }
}
