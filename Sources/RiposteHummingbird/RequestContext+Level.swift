internal import Hummingbird
internal import Logging

extension RequestContext {
    /// Logs this request in more detail, never in less.
    mutating func log(at level: String) { logger.detail(level) }
}

extension Logger {
    mutating func detail(_ level: String) {
        guard let level = Level(rawValue: level) else { return }
        logLevel = min(logLevel, level)
    }
}
