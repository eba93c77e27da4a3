/// Reading single values, each with its own message. Shared with the settings file's reader.
extension PlaybookReader {
    package mutating func error(_ location: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        findings.append(Finding(.error, at: location, message, suggestion: suggestion))
    }

    package mutating func append(_ more: [Finding]) { findings += more }

    package mutating func warning(_ location: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        findings.append(Finding(.warning, at: location, message, suggestion: suggestion))
    }

    /// The members of a map; keys that are unknown or there twice are reported.
    package mutating func map(_ value: LocatedValue, _ what: String, known: [String], later: [String]) -> [String: LocatedValue]? {
        guard case .map(let members) = value.content else {
            error(value.location, "\(what) must be a map; got \(Self.got(value))")
            return nil
        }
        var map: [String: LocatedValue] = [:]
        for member in members {
            if later.contains(member.key) {
                notYet(member)
            } else if !known.contains(member.key) {
                error(member.keyLocation, "unknown key “\(member.key)” in \(what)", Suggestion.forName(member.key, among: known))
            } else if map[member.key] != nil {
                twice(member)
            } else {
                map[member.key] = member.value
            }
        }
        return map
    }

    mutating func notYet(_ member: LocatedValue.Member) {
        error(member.keyLocation, "“\(member.key)” is a word of the playbook language that this version does not carry out yet")
    }

    mutating func twice(_ member: LocatedValue.Member) { error(member.keyLocation, "“\(member.key)” is there twice") }

    package mutating func text(_ value: LocatedValue, _ what: String) -> String? {
        if case .scalar(.string(let text)) = value.content, !text.isEmpty { return text }
        let quotes: Bool =
            switch value.content {
            case .scalar(.int), .scalar(.double), .scalar(.bool): true
            default: false
            }
        error(value.location, "“\(what)” must be text; got \(Self.got(value))", quotes ? "put it into quotes if it is meant as text" : nil)
        return nil
    }

    /// One text or a list of texts. An empty list says nothing, and where it would mean "any" that is dangerous: refused.
    package mutating func texts(_ value: LocatedValue, _ what: String) -> [String]? {
        guard case .list(let elements) = value.content else { return text(value, what).map { [$0] } }
        if elements.isEmpty { error(value.location, "“\(what)” is an empty list", "leave it out, or list something") }
        return elements.compactMap { text($0, what) }
    }

    package mutating func flag(_ value: LocatedValue, _ what: String) -> Bool? {
        if case .scalar(.bool(let flag)) = value.content { return flag }
        error(value.location, "“\(what)” must be true or false; got \(Self.got(value))")
        return nil
    }

    package mutating func integer(_ value: LocatedValue, _ what: String, in range: ClosedRange<Int>) -> Int? {
        if case .scalar(.int(let number)) = value.content, let number = Int(exactly: number), range.contains(number) { return number }
        error(value.location, "“\(what)” must be a whole number from \(range.lowerBound) to \(range.upperBound); got \(Self.got(value))")
        return nil
    }

    /// A duration with its unit; more than nothing, where `orZero` does not allow that too.
    package mutating func duration(_ value: LocatedValue, _ what: String, orZero: Bool = false) -> Duration? {
        guard case .scalar(.string(let text)) = value.content, let duration = DurationText.parse(text) else {
            error(value.location, "“\(what)” must be a duration such as 30s, 5m or 1h; got \(Self.got(value))", Self.unit(value))
            return nil
        }
        if duration > .zero || orZero { return duration }
        error(value.location, "“\(what)” must be more than nothing; got “\(text)”")
        return nil
    }

    /// `5` for a duration: which five?
    private static func unit(_ value: LocatedValue) -> String? {
        guard case .scalar(.int(let count)) = value.content, count >= 0 else { return nil }
        return "write \(count)s for seconds or \(count)m for minutes"
    }

    /// What was got, short enough for a message: never a whole document, never a control character.
    package static func got(_ value: LocatedValue) -> String {
        switch value.content {
        case .scalar(.string("")): "nothing"
        // What stands before the @ may be a password.
        case .scalar(.string(let text)) where text.firstRange(of: "://").map { text[$0.upperBound...].contains("@") } ?? false:
            "a URL with a user in it"
        case .scalar(.string(let text)):
            "“\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(40).map { $0.value < 0x20 ? "␣" : $0 })))”"
        case .scalar(.int(let number)): String(number)
        case .scalar(.double(let number)): String(number)
        case .scalar(.bool(let flag)): String(flag)
        default: value.json.kindName
        }
    }

    package mutating func choice(_ value: LocatedValue, _ what: String, _ choices: [String]) -> String? {
        guard let name = text(value, what) else { return nil }
        if choices.contains(name) { return name }
        error(value.location, "“\(what)” cannot be \(Self.got(value))", Suggestion.forName(name, among: choices))
        return nil
    }

    package mutating func word<Word: RawRepresentable & CaseIterable>(_ value: LocatedValue, _ what: String) -> Word?
    where Word.RawValue == String {
        choice(value, what, Word.allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
    }
}
