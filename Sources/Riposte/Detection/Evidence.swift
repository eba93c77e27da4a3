/// One event as an anomaly keeps it.
public struct Evidence: Sendable, Hashable, Codable {
    /// The event's own time.
    public var time: Timestamp
    /// The source it came from.
    public var source: SourceName
    /// Where it came from; `nil` where the event told none.
    public var address: IPAddress?
    /// The account's name; for an unknown account a salted hash (`#3f9a…`), because people type passwords there.
    public var user: String?
    /// `failure (bad_credentials)`, `success (password)`.
    public var what: String
    /// How many times it happened, as ``Event/count``.
    public var count: Int

    /// Creates one piece of evidence. Hash the name of an account that does not exist before you hand it in.
    public init(time: Timestamp, source: SourceName, address: IPAddress? = nil, user: String? = nil, what: String, count: Int = 1) {
        self.time = time
        self.source = source
        self.address = address
        self.user = user
        self.what = what
        self.count = count
    }
}
