/// What has been said and need not be said again: the same trouble within a minute.
package struct Complaint: Sendable {
    private var said: (text: String, at: Timestamp)?

    package init() {}

    /// Whether to say it; notes that it is said.
    package mutating func isNews(_ text: String, at now: Timestamp) -> Bool {
        if let said, said.text == text, now - said.at < .minutes(1), now >= said.at { return false }
        said = (text, now)
        return true
    }
}
