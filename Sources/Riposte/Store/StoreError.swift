/// Why the store could not do what it was asked.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a program tells errors apart by.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String

    /// - Parameter message: names the place and says what to do about it.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Which kind of trouble it is. An open set: more may come.
    public struct Code: OpenName {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// It cannot be opened: not there, no permission, not a database.
        public static let cannotOpen: Code = "cannot_open"
        /// Full disk, read-only file: nothing was written, and it may work again.
        public static let cannotWrite: Code = "cannot_write"
        /// It cannot be read now: an I/O error, or it has been closed.
        public static let cannotRead: Code = "cannot_read"
        /// Another process holds it.
        public static let busy: Code = "busy"
        /// What is written there already says otherwise.
        public static let conflict: Code = "conflict"
        /// Another engine has taken over.
        public static let leaseLost: Code = "lease_lost"
        /// The file is damaged.
        public static let corrupt: Code = "corrupt"
        /// Written by a newer version.
        public static let tooNew: Code = "too_new"
    }

    public var description: String { message }
}
