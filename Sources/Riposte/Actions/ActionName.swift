/// What an action is called in playbooks.
public struct ActionName: OpenName {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let blockIP: ActionName = "block_ip"
    public static let lockAccount: ActionName = "lock_account"
    public static let logEvent: ActionName = "log_event"
    public static let notifyAdmin: ActionName = "notify_admin"
    public static let webhook: ActionName = "webhook"
}
