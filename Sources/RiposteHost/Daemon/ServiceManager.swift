internal import CLibsystemd

/// Tells systemd how the process fares (`sd_notify(3)`), where it was started with `Type=notify`; does nothing elsewhere.
public struct ServiceManager: Sendable {
    public init() {}

    /// How often it wants to hear that the process lives; `nil` = not at all.
    public var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// The process does its work from now on.
    public func ready(_ status: String) { tell("READY=1\n" + Self.line(status)) }

    /// What `systemctl status` shows.
    public func status(_ status: String) { tell(Self.line(status)) }

    public func stopping() { tell("STOPPING=1") }

    /// The process lives.
    public func alive() { tell("WATCHDOG=1") }

    private func tell(_ state: String) { _ = sd_notify(0, state) }

    /// One line: what follows a line end would be a message of its own.
    private static func line(_ status: String) -> String {
        "STATUS=" + String(status.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}
