/// A change of an incident's record that a person asks for.
public enum IncidentChange: Sendable, Hashable, Codable {
    /// `nil` = nobody looks after it any more.
    case assign(String?)
    case note(String)
    case resolve(Resolution)
    case close(note: String)
    case reopen(note: String)
}
