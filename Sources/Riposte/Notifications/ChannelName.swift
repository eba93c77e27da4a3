/// What a channel is called in a playbook.
public struct ChannelName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
