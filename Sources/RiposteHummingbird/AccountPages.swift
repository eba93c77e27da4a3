internal import HTTPTypes
internal import Hummingbird

/// The host's pages to which a browser goes that may not go on where it was. Without a page there is a plain refusal.
public struct AccountPages: Sendable, Hashable {
    /// Where one signs in. Reached as nobody.
    public var signIn: String?
    /// Where it says how to set a new password: by a mailed link, because whoever is in the session may not be the owner.
    public var passwordReset: String?
    /// Where a second factor is asked for, or set up: by a mailed link, because whoever is in the session may
    /// have no more than the password.
    public var secondFactor: String?
    /// Paths that any account which is not blocked may go on using, such as the one for signing out.
    public var open: Set<String>

    /// Names the pages; where one is left out there is a plain refusal.
    public init(signIn: String? = nil, passwordReset: String? = nil, secondFactor: String? = nil, open: Set<String> = []) {
        self.signIn = signIn
        self.passwordReset = passwordReset
        self.secondFactor = secondFactor
        self.open = open
    }

    enum Answer: Sendable, Equatable {
        case goOn
        case goOnAsNobody
        case detour(to: String)
        case refuse(HTTPResponse.Status)
    }

    /// - Parameter isReading: whether the request only asks for a page; what it wanted to change is not changed elsewhere.
    func answer(to demand: AccountDemand, path: String, isReading: Bool) -> Answer {
        guard demand != .blocked else { return .refuse(.forbidden) }
        let page = page(for: demand)
        if path == page || open.contains(path) { return demand.endsSession ? .goOnAsNobody : .goOn }
        if let page, isReading { return .detour(to: page) }
        return .refuse(demand.endsSession ? .unauthorized : .forbidden)
    }

    private func page(for demand: AccountDemand) -> String? {
        switch demand {
        case .blocked: nil
        case .locked, .sessionEnded, .sessionsRevoked: signIn
        case .passwordReset: passwordReset
        case .secondFactor: secondFactor
        }
    }
}
