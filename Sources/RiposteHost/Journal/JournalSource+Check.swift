extension JournalSource {
    /// Whether this machine's journal can be read by this user, and holds anything of `unit`.
    ///
    /// - Throws: `SourceError`, with the remedy where one is known.
    public static func hasEntries(of unit: String) throws -> Bool {
        let journal = try Journal(.system, selecting: [.unit(unit)])
        try journal.seekTail()
        return try journal.previous()
    }
}
