public import Riposte

/// The playbooks that come with Riposte: the files of the folder `Playbooks`, which are part of the program.
public enum ShippedPlaybooks {
    /// The files as they are, by name.
    public static let files: [(name: String, bytes: [UInt8])] = [
        ("account_takeover_response.yaml", PackageResources.account_takeover_response_yaml),
        ("brute_force_response.yaml", PackageResources.brute_force_response_yaml),
        ("credential_stuffing_response.yaml", PackageResources.credential_stuffing_response_yaml),
        ("critical-anomaly-auto-block.yaml", PackageResources.critical_anomaly_auto_block_yaml),
    ]

    /// All of them, by slug. Locations call their files `shipped:brute_force_response.yaml`.
    public static let all: [LocatedPlaybook] = files.flatMap { PlaybookFile.read($0.bytes, file: "shipped:\($0.name)").playbooks }

    /// Their slugs.
    public static var slugs: [PlaybookSlug] { all.map(\.playbook.slug) }
}
