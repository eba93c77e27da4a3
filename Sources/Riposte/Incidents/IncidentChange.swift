/// A change of an incident's record that a person asks for.
public enum IncidentChange: Sendable, Hashable, Codable {
    /// `nil` = nobody looks after it any more.
    case assign(String?)
    /// Writes something beside it.
    case note(String)
    /// Says that it is over, and what it was.
    case resolve(Resolution)
    /// Closes one that is resolved, for good.
    case close(note: String)
    /// Says that one which was over is not.
    case reopen(note: String)
}
