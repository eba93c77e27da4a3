/// One event as an anomaly keeps it.
public struct Evidence: Sendable, Hashable, Codable {
    public var time: Timestamp
    public var source: SourceName
    public var address: IPAddress?
    /// The account's name; for an unknown account a salted hash (`#3f9a…`), because people type passwords there.
    public var user: String?
    /// `failure (bad_credentials)`, `success (password)`.
    public var what: String
    public var count: Int

    public init(time: Timestamp, source: SourceName, address: IPAddress? = nil, user: String? = nil, what: String, count: Int = 1) {
        self.time = time
        self.source = source
        self.address = address
        self.user = user
        self.what = what
        self.count = count
    }
}
