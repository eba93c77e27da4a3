internal import Logging

/// Hands on to another handler what is logged, without the characters that ``PlainText`` takes out: names of accounts are among it, and with
/// most handlers a line break in one would be a line of its own.
struct PlainLogHandler: LogHandler {
    var base: any LogHandler

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue.mapValues(\.plain) }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue?.plain }
    }

    func log(event: Logging.LogEvent) {
        var event = event
        event.message = "\(PlainText.line("\(event.message)"))"
        event.metadata = event.metadata?.mapValues(\.plain)
        base.log(event: event)
    }
}

extension Logger {
    /// The same logger, which writes one line for each that is logged.
    var plain: Logger {
        var logger = self
        if !(handler is PlainLogHandler) { logger.handler = PlainLogHandler(base: handler) }
        return logger
    }
}

extension Logger.MetadataValue {
    fileprivate var plain: Self {
        switch self {
        case .string(let text): .string(PlainText.line(text))
        case .stringConvertible(let value): .string(PlainText.line(value.description))
        case .array(let values): .array(values.map(\.plain))
        case .dictionary(let values): .dictionary(values.mapValues(\.plain))
        }
    }
}
