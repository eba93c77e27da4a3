internal import Riposte

/// A mail that somebody waits to see sent.
struct MailSubmission: Submission {
    let server: MailServer
    let policy: AddressPolicy
    let authorities: String?
    let connectTimeout: Duration
    let credentials: MailCredentials?
    let sender: MailAddress
    let recipients: [MailAddress]
    let message: [UInt8]
    let deadline: ContinuousClock.Instant
    let cancellation: CancellationFlag
    let continuation: CheckedContinuation<MailProgress, Never>

    var what: String { "the mail to \(server)" }

    func start() throws(HTTPError) -> any Transfer { try MailTransfer(self) }
    func fail(_ error: HTTPError) { continuation.resume(returning: MailProgress(failure: DeliveryFailure(error))) }
}

/// How far a mail came.
struct MailProgress: Sendable {
    var dialogue = SMTPDialogue()
    /// Why the dialogue ended early; `nil` where the server has answered to all of it.
    var failure: DeliveryFailure?
}
