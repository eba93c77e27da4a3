extension Parameter where Value == String {
    /// A text, taken as it is written; numbers and lists are refused.
    public static func text(_ name: String, default value: String? = nil, required: Bool = false, _ summary: String) -> Parameter {
        Parameter(name, type: "text", default: value, defaultText: value, isRequired: required, summary) { (json) throws(ParameterError) in
            guard case .string(let text) = json else { throw ParameterError("must be text; got \(json.kindName)") }
            return text
        }
    }
}

extension Parameter where Value == [String] {
    /// A list of texts; one text alone is a list of one.
    public static func texts(_ name: String, default value: [String]? = nil, required: Bool = false, _ summary: String) -> Parameter {
        Parameter(
            name, type: "text or list of texts", default: value, defaultText: value?.joined(separator: ", "), isRequired: required, summary
        ) { (json) throws(ParameterError) in
            if case .string(let text) = json { return [text] }
            let texts = json.array?.compactMap(\.string) ?? []
            guard let count = json.array?.count, count == texts.count, count > 0 else {
                throw ParameterError("must be text or a list of texts; got \(json.kindName)")
            }
            return texts
        }
    }
}

extension Parameter where Value == Int {
    /// A whole number within `range`.
    public static func count(
        _ name: String, in range: ClosedRange<Int>, default value: Int? = nil, required: Bool = false, _ summary: String
    ) -> Parameter {
        Parameter(
            name, type: "whole number, \(range.lowerBound) to \(range.upperBound)", default: value, defaultText: value.map(String.init),
            isRequired: required, summary
        ) { (json) throws(ParameterError) in
            guard case .int(let number) = json, let count = Int(exactly: number), range.contains(count) else {
                throw ParameterError("must be a whole number from \(range.lowerBound) to \(range.upperBound); got \(got(json))")
            }
            return count
        }
    }
}

extension Parameter where Value == Bool {
    /// `true` or `false`, and nothing that only looks like it.
    public static func flag(_ name: String, default value: Bool, _ summary: String) -> Parameter {
        Parameter(name, type: "true or false", default: value, defaultText: String(value), summary) { (json) throws(ParameterError) in
            guard case .bool(let flag) = json else { throw ParameterError("must be true or false; got \(got(json))") }
            return flag
        }
    }
}

extension Parameter where Value == Duration {
    /// A whole or fractional number of minutes, more than 0 and at most ten years.
    public static func minutes(_ name: String, default value: Duration? = nil, _ summary: String) -> Parameter {
        Parameter(
            name, type: "minutes", default: value, defaultText: value.map { String($0.components.seconds / 60) }, summary
        ) { (json) throws(ParameterError) in
            let minutes: Double? =
                switch json {
                case .int(let number): Double(number)
                case .double(let number): number
                default: nil
                }
            guard let minutes, minutes > 0, minutes <= 5_256_000 else {
                throw ParameterError("must be a number of minutes above 0 and at most 5256000, ten years; got \(got(json))")
            }
            return .milliseconds(Int64(minutes * 60_000))
        }
    }

    /// A duration with its unit, `30s`, `5m`, `1h`.
    public static func duration(_ name: String, default value: Duration? = nil, _ summary: String) -> Parameter {
        Parameter(
            name, type: "duration (30s, 5m, 1h)", default: value, defaultText: value.map(DurationText.format), summary
        ) { (json) throws(ParameterError) in
            guard case .string(let text) = json, let duration = DurationText.parse(text), duration > .zero else {
                throw ParameterError("must be a duration such as 30s, 5m or 1h; got \(got(json))")
            }
            return duration
        }
    }
}

extension Parameter where Value == AddressRange {
    /// An address or a network in CIDR notation.
    public static func addressRange(_ name: String, _ summary: String) -> Parameter {
        Parameter(name, type: "address or network", summary) { (json) throws(ParameterError) in
            guard case .string(let text) = json, let range = AddressRange(text) else {
                throw ParameterError("must be an address (203.0.113.9) or network (203.0.113.0/24); got \(got(json))")
            }
            return range
        }
    }
}

extension Parameter where Value == [String: JSONValue] {
    /// A map of names to values of any shape.
    public static func map(_ name: String, default value: [String: JSONValue]? = nil, _ summary: String) -> Parameter {
        Parameter(name, type: "map", default: value, summary) { (json) throws(ParameterError) in
            guard case .object(let members) = json else { throw ParameterError("must be a map; got \(json.kindName)") }
            return members
        }
    }
}

extension Parameter where Value == JSONValue {
    /// Any value; what it must look like is up to the action.
    public static func any(_ name: String, default value: JSONValue? = nil, _ summary: String) -> Parameter {
        Parameter(name, type: "anything", default: value, summary) { (json) throws(ParameterError) in json }
    }
}

/// What was got, short enough for a message and never a whole document.
private func got(_ json: JSONValue) -> String {
    switch json {
    case .string(let text): "“\(text.prefix(40))”"
    case .int(let number): String(number)
    case .double(let number): String(number)
    default: json.kindName
    }
}
