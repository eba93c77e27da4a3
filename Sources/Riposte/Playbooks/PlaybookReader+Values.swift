/// Reading single values, each with its own message. Shared with the settings file's reader.
extension PlaybookReader {
    package mutating func error(_ location: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        findings.append(Finding(.error, at: location, message, suggestion: suggestion))
    }

    package mutating func warning(_ location: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        findings.append(Finding(.warning, at: location, message, suggestion: suggestion))
    }

    /// The members of a map; keys that are unknown or there twice are reported.
    package mutating func map(_ value: LocatedValue, _ what: String, known: [String], later: [String]) -> [String: LocatedValue]? {
        guard case .map(let members) = value.content else {
            error(value.location, "\(what) must be a map; got \(value.json.kindName)")
            return nil
        }
        var map: [String: LocatedValue] = [:]
        for member in members {
            if later.contains(member.key) {
                error(member.keyLocation, "“\(member.key)” is a word of the playbook language that this version does not carry out yet")
            } else if !known.contains(member.key) {
                error(member.keyLocation, "unknown key “\(member.key)” in \(what)", Suggestion.forName(member.key, among: known))
            } else if map.updateValue(member.value, forKey: member.key) != nil {
                error(member.keyLocation, "“\(member.key)” is there twice")
            }
        }
        return map
    }

    package mutating func text(_ value: LocatedValue, _ what: String) -> String? {
        if case .scalar(.string(let text)) = value.content, !text.isEmpty { return text }
        error(value.location, "“\(what)” must be text; got \(value.json == .string("") ? "nothing" : value.json.kindName)")
        return nil
    }

    package mutating func texts(_ value: LocatedValue, _ what: String) -> [String]? {
        guard case .list(let elements) = value.content else { return text(value, what).map { [$0] } }
        return elements.compactMap { text($0, what) }
    }

    package mutating func flag(_ value: LocatedValue, _ what: String) -> Bool? {
        if case .scalar(.bool(let flag)) = value.content { return flag }
        error(value.location, "“\(what)” must be true or false; got \(value.json.kindName)")
        return nil
    }

    package mutating func integer(_ value: LocatedValue, _ what: String, in range: ClosedRange<Int>) -> Int? {
        if case .scalar(.int(let number)) = value.content, let number = Int(exactly: number), range.contains(number) { return number }
        error(value.location, "“\(what)” must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    package mutating func duration(_ value: LocatedValue, _ what: String) -> Duration? {
        if case .scalar(.string(let text)) = value.content, let duration = DurationText.parse(text), duration > .zero { return duration }
        error(value.location, "“\(what)” must be a duration such as 30s, 5m or 1h")
        return nil
    }

    package mutating func choice(_ value: LocatedValue, _ what: String, _ choices: [String]) -> String? {
        guard let name = text(value, what) else { return nil }
        if choices.contains(name) { return name }
        error(value.location, "“\(what)” cannot be “\(name)”", Suggestion.forName(name, among: choices))
        return nil
    }

    package mutating func word<Word: RawRepresentable & CaseIterable>(_ value: LocatedValue, _ what: String) -> Word?
    where Word.RawValue == String {
        choice(value, what, Word.allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
    }
}
