import Riposte
import RiposteConfiguration
import RiposteHost

/// Makes sources of settings.
struct SourceFactory {
    let health: SourceHealthBoard

    func inputs(_ settings: [SourceSettings]) throws -> [Pipeline.Input] { try settings.map(input) }

    private func input(_ settings: SourceSettings) throws -> Pipeline.Input {
        let timezone = try Self.timezone(settings.timeZone)
        switch settings.origin {
        case .file(let path):
            let start: FileFollower.Start = settings.start == .beginning ? .beginning : .end
            let source = FileFollower(path: path, name: settings.name, configuration: .init(startAt: start), health: health)
            return Pipeline.Input(source, format: Self.format(settings.format), timezone: timezone)
        case .journal(let unit):
            let source = JournalSource(
                [.unit(unit)], name: settings.name, startAt: settings.start == .beginning ? .beginning : .end, health: health)
            return Pipeline.Input(source, format: .fixed(.sshd), timezone: timezone)
        case .standardInput:
            let source = try FileDescriptorSource.standardInput(health: health)
            return Pipeline.Input(source, format: Self.format(settings.format), timezone: timezone)
        }
    }

    static func format(_ format: SourceSettings.Format) -> FormatChoice {
        LogFormat(name: format.rawValue).map(FormatChoice.fixed) ?? .auto
    }

    /// - Parameter name: `nil` = the system's own.
    static func timezone(_ name: String?) throws -> TimeZoneRule {
        guard let name = name ?? SystemTimeZone.name else { return .utc }
        guard let rule = TimeZoneRule(name) else { throw UnknownTimeZone(name: name) }
        return rule
    }
}

struct UnknownTimeZone: Error, CustomStringConvertible {
    var name: String
    var description: String { "there is no time zone “\(name)” in this system's time zone database; one is called Europe/Berlin, or UTC" }
}
