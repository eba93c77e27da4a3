import Logging
import Riposte
import RiposteHost

/// Makes the event log of settings: files by channel, or the program's own log where none are named.
enum EventLogFactory {
    static func log(_ channels: [String: String], logger: Logger) -> any EventLog {
        channels.isEmpty ? LoggerEventLog(logger) : FileEventLog(channels)
    }
}
