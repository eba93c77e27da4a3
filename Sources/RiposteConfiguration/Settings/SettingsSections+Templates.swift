internal import Riposte

extension SettingsSections {
    /// What the templates of a channel's webhook may read.
    static let notificationNames =
        ["notification"]
        + ["id", "kind", "incident", "severity", "title", "body", "facts", "link", "created_at", "deduplication_key"].map { "notification.\($0)" }

    /// Refuses templates that name what there is not: found out when somebody is to be told, that would be too late.
    mutating func checkTemplates(_ value: LocatedValue, known: [String]) {
        switch value.content {
        case .scalar(.string(let text)):
            for name in Self.templates(text) where !known.contains(name) {
                values.error(value.location, "there is no “\(name)” for a template here", Suggestion.forName(name, among: known))
            }
        case .scalar: break
        case .list(let elements): for element in elements { checkTemplates(element, known: known) }
        case .map(let members): for member in members { checkTemplates(member.value, known: known) }
        }
    }

    /// What stands between braces.
    private static func templates(_ text: String) -> [String] {
        text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "}}").map { part[..<$0.lowerBound].split(separator: " ").joined(separator: " ") }
        }
    }
}
