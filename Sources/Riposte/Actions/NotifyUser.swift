/// Asks the user of an account whether it was them, with a link that lifts what was done if it was.
public struct NotifyUser: ResponseAction {
    public let name: ActionName = .notifyUser
    public let targetKind: Target.Kind? = .user
    public let isInformative = true
    private let mailer: (any Mailer)?
    private let tokens: UnlockTokens?
    private let mails: SentMails

    /// - Parameters:
    ///   - mailer: writes to the user; without one every step fails, and says so when the playbook loads.
    ///   - tokens: makes the link; `nil` = the mail has none.
    ///   - store: says what has gone out already.
    public init(mailer: (any Mailer)?, tokens: UnlockTokens? = nil, store: any IncidentStore) {
        self.mailer = mailer
        self.tokens = tokens
        mails = SentMails(store: store)
    }

    public struct Parameters: ActionParameters {
        static let validity = Parameter.duration("link_valid", default: .hours(24), "How long the link lifts the lock.")
        public static let schema = [AccountParameters.user.description, validity.description]
        let account: AccountParameters
        var validity: Duration

        public init(_ values: ParameterValues) throws {
            account = try AccountParameters(values)
            validity = try values[Self.validity]
        }
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Asks the user whether it was them.",
            discussion: """
                One mail for each incident and user, however often the step is tried. Its link lifts the locks and blocks that this \
                incident has put on this account, once: whoever reads the account's mail is its owner. It does not lift what else the \
                incident did.
                """,
            reads: ["user"], writes: ["notified_user"], example: "{action: notify_user, link_valid: 24h}")
    }

    public func explicitTarget(_ parameters: Parameters) -> Target? { parameters.account.target }

    public func check(_ parameters: Parameters) -> [ParameterFinding] {
        mailer == nil ? [ParameterFinding("", .warning, "\(Self.noMailer): the step is going to fail")] : []
    }

    private static let noMailer = "no mailer is set up that could write to users"

    public func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        guard let mailer else { return .failure(Self.noMailer) }
        let written = ["notified_user": user]
        let outcome = try await mails.send(
            try message(to: user, parameters, context), to: user, key: "\(context.incidentID):was_this_you:\(user)",
            mark: written.mapValues { .string($0) }, through: mailer)
        switch outcome {
        case .sent: return .success("asked \(user)", context: written)
        case .alreadySent: return .unchanged("\(user) has been asked already", context: written)
        case .cannot(let why, let kind): return .failure("could not ask \(user): \(why)", kind: kind)
        }
    }

    private func message(to user: String, _ parameters: Parameters, _ context: ResponseContext) throws -> AccountMail {
        let expires = context.now + parameters.validity
        return .wasThisYou(
            AccountIncident(context), unlockToken: try tokens?.token(for: user, in: context.incidentID, until: expires), expires: expires)
    }

    public func preview(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        let user = try context.requireUser()
        return .success("would ask \(user)", context: ["notified_user": user])
    }
}
