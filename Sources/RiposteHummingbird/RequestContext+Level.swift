internal import Hummingbird
internal import Logging

extension RequestContext {
    /// Logs this request in more detail, never in less.
    mutating func log(at level: String) {
        guard let level = Logger.Level(rawValue: level) else { return }
        logger.logLevel = min(logger.logLevel, level)
    }
}
