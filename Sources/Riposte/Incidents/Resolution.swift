/// How a person resolves an incident.
public struct Resolution: Sendable, Hashable, Codable {
    /// What there is to say of it; may be empty.
    public var note: String
    /// A false positive is taken back, forgotten and left alone for a while.
    public var verdict: Incident.Verdict?
    /// What was found to be behind it.
    public var cause: String?
    /// What is done differently from now on.
    public var lessons: String?
    /// For how long the targets of a false positive are left alone; 0 = not at all.
    public var allowSeconds: Int

    /// Creates a resolution.
    ///
    /// - Parameter allow: for how long the targets of a false positive are left alone; counts for no other verdict.
    public init(
        note: String = "", verdict: Incident.Verdict? = nil, cause: String? = nil, lessons: String? = nil,
        allow: Duration = Resolution.usualAllowance
    ) {
        self.note = note
        self.verdict = verdict
        self.cause = cause
        self.lessons = lessons
        allowSeconds = Int(allow.components.seconds)
    }

    /// For how long they are left alone where nobody says otherwise.
    public static let usualAllowance = Duration.hours(24)
}
