internal import Riposte

extension SettingsSections {
    mutating func readSources(_ value: LocatedValue) {
        guard case .list(let elements) = value.content else {
            return values.error(value.location, "“sources” must be a list; got \(PlaybookReader.got(value))", "begin each source with “- ”")
        }
        for element in elements {
            guard let source = source(element) else { continue }
            if settings.sources.contains(where: { $0.name == source.name }) {
                values.error(element.location, "two sources read \(source.name)")
            }
            settings.sources.append(source)
        }
    }

    private mutating func source(_ value: LocatedValue) -> SourceSettings? {
        let known = ["file", "journal", "stdin", "format", "timezone", "start"]
        guard let map = values.map(value, "a source", known: known, later: []) else { return nil }
        let origins = ["file", "journal", "stdin"].filter { map[$0] != nil }
        guard origins.count == 1 else {
            let message =
                origins.isEmpty ? "a source needs “file”, “journal” or “stdin”" : "a source has one of “file”, “journal” and “stdin”"
            values.error(value.location, message)
            return nil
        }
        let origin = origin(map)
        var source = SourceSettings(origin ?? .standardInput, format: map["journal"] == nil ? .auto : .sshd)
        if let value = map["format"], let format: SourceSettings.Format = values.word(value, "format") { source.format = format }
        if let value = map["timezone"] { source.timeZone = timeZone(value) }
        if let value = map["start"], let start: SourceSettings.Start = values.word(value, "start") { source.start = start }
        refuseIdle(map)
        return origin == nil ? nil : source
    }

    private mutating func origin(_ map: [String: LocatedValue]) -> SourceSettings.Origin? {
        if let value = map["file"] { return path(value, "file").map { .file(path: $0) } }
        if let value = map["journal"] { return values.text(value, "journal").map { .journal(unit: $0) } }
        guard let value = map["stdin"], let flag = values.flag(value, "stdin") else { return nil }
        if !flag { values.error(value.location, "“stdin” can only be true", "leave the source out") }
        return .standardInput
    }

    /// Settings that would say something and do nothing.
    private mutating func refuseIdle(_ map: [String: LocatedValue]) {
        if map["stdin"] != nil, let start = map["start"] { values.error(start.location, "“start” means nothing for stdin") }
        guard map["journal"] != nil else { return }
        if let zone = map["timezone"] { values.error(zone.location, "“timezone” means nothing for the journal, whose times are exact") }
        if let format = map["format"], format.json != "sshd" {
            values.error(format.location, "a journal is read as sshd", "leave “format” out")
        }
    }

    mutating func timeZone(_ value: LocatedValue) -> String? {
        guard let name = values.text(value, "timezone") else { return nil }
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "_+-/".utf8.contains(byte)
        }
        if isName, TimeZoneRule(name) != nil { return name }
        if isName, !name.hasPrefix("/") {
            values.error(
                value.location, "there is no time zone “\(name)” in this system's database", "one is called Europe/Berlin, one UTC")
            return nil
        }
        values.error(
            value.location, "“timezone” is a name of the time zone database such as Europe/Berlin or UTC; got \(PlaybookReader.got(value))")
        return nil
    }
}
