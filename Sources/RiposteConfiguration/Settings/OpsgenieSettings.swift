public import Riposte

/// How Opsgenie is told.
public struct OpsgenieSettings: Sendable, Hashable {
    public enum Region: String, Sendable, Hashable, CaseIterable { case us, eu }

    public var apiKey: Secret
    public var region: Region
    /// Another address than the region's.
    public var url: String?
    /// What is shown as the alert's source; `nil` = this machine's name.
    public var source: String?

    public init(apiKey: Secret, region: Region = .us, url: String? = nil, source: String? = nil) {
        self.apiKey = apiKey
        self.region = region
        self.url = url
        self.source = source
    }
}
