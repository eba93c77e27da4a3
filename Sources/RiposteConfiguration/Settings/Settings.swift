public import Riposte

/// What the settings file says, every setting with its default. Plain values: nothing here opens, connects or resolves anything.
///
/// Paths are as the file means them: relative ones have the file's folder in front already.
public struct Settings: Sendable, Hashable {
    /// Whether playbooks start by themselves; by hand they always do. Default: true.
    public var isEnabled = true
    /// The SQLite file that holds incidents, runs and effects. Default: `riposte.db` beside the settings file.
    public var store = "riposte.db"
    /// Where events come from. Default: none.
    public var sources: [SourceSettings] = []
    /// Files and folders of playbooks. `nil` = not said: the folder `playbooks` beside the settings file, where there is one.
    public var playbookPaths: [String]?
    /// Playbooks written in the settings file itself.
    public var playbooks: [LocatedPlaybook] = []
    /// Which shipped playbooks run beside these. Default: ``ShippedSelection/unlessOthers``.
    public var shippedPlaybooks = ShippedSelection.unlessOthers
    /// Whom no playbook touches.
    public var protected = ProtectedSettings()
    /// How many who have signed in lately may be hit before a person has to say yes.
    public var budgets = BudgetLimits()
    /// Nothing is done by itself about events that were older than this when they were found; `nil` = however old.
    /// Default: 30 minutes.
    public var maximumEventAge: Duration? = .minutes(30)
    /// A ceiling for every playbook's mode: the stricter of the two counts. Default: `enforce`.
    public var mode = PlaybookMode.enforce
    /// How people are asked where no playbook says otherwise, and who has which role.
    public var approvals = ApprovalSettings()
    /// For how long after its last anomaly an incident is joined by another one from the same source. Default: one hour.
    public var joinWindow: Duration = .hours(1)
    /// Parameters of detectors that differ from their defaults, checked against what the detectors declare.
    public var detectors: [String: [String: JSONValue]] = [:]
    /// How people are told. A channel `log` is always there; a setting of that name takes its place.
    public var channels: [ChannelName: ChannelSettings] = ["log": .log(path: nil)]
    /// Which channels are told of what, and when. Default: all of everything, at once.
    public var notifications = NotificationRules()
    /// Named webhooks that playbooks call as actions.
    public var actions: [ActionName: WebhookSettings] = [:]
    /// Programs that playbooks run as actions.
    public var commands: [ActionName: CommandSettings] = [:]
    /// What carries decisions out on this machine. Default: nothing; decisions wait for programs that ask for them.
    public var enforcers: [EnforcerName: EnforcerSettings] = [:]
    /// Where accounts and sessions live beside Riposte's own state. Default: nowhere else.
    public var accounts: [DirectoryName: AccountSettings] = [:]
    /// How the users of accounts are written to; `nil` = nobody writes to them.
    public var mailer: MailerSettings?
    /// Files that `log_event` writes to, by channel. Default: none.
    public var logChannels: [String: String] = [:]
    /// Networks that outgoing requests may go to although they are refused otherwise: loopback, link-local. Default: none.
    public var allowedNetworks: [AddressRange] = []
    /// As whom the command line acts where it is not told; `nil` = the user of the system.
    public var actor: String?
    /// Default: `info`.
    public var logLevel = LogLevel.info

    public init() {}
}

/// How much is logged; the names are swift-log's.
public enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// Which shipped playbooks run.
public enum ShippedSelection: Sendable, Hashable {
    /// All of them in shadow mode where the configuration brings no playbook of its own, so that a new installation shows
    /// what it would do and does nothing; none otherwise.
    case unlessOthers
    case none
    /// All of them, as they are written.
    case all
    /// These, as they are written.
    case only([PlaybookSlug])
}

/// Targets that are never acted on, whatever a playbook says.
public struct ProtectedSettings: Sendable, Hashable {
    public var networks: [AddressRange] = []
    public var users: [String] = []
    /// What stands in front of a service.
    public var proxies: [AddressRange] = []
    /// Beside those that the machine's routes name.
    public var gateways: [AddressRange] = []
    /// Groups of this machine whose members are protected.
    public var roles: [String] = []
    /// The last of them whom nothing shuts out is left alone; the members of this machine's sudo, wheel and admin are among
    /// them.
    public var administrators: [String] = []

    public init(
        networks: [AddressRange] = [], users: [String] = [], proxies: [AddressRange] = [], gateways: [AddressRange] = [],
        roles: [String] = [], administrators: [String] = []
    ) {
        self.networks = networks
        self.users = users
        self.proxies = proxies
        self.gateways = gateways
        self.roles = roles
        self.administrators = administrators
    }
}
