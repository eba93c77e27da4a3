internal import Riposte

/// Hands mails to one SMTP server. The password is read from where it is kept for each.
final class MailRelay: Sendable {
    private let configuration: EmailConfiguration
    /// Its own, because libcurl says good-bye to a mail server before it does anything else.
    private let loop = TransferLoop(maximumInFlight: 4, maximumQueued: 64)

    /// - Parameter configuration: whose `to` plays no part.
    init(_ configuration: EmailConfiguration) { self.configuration = configuration }

    deinit { loop.stop() }

    func send(_ message: [UInt8], to recipients: [MailAddress]) async throws(DeliveryFailure) -> MailProgress {
        let credentials = try credentials()
        let cancellation = CancellationFlag()
        let policy = configuration.server.policy(allowing: configuration.allowedNetworks)
        let deadline = ContinuousClock.now + configuration.timeout
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(
                    MailSubmission(
                        server: configuration.server, policy: policy, authorities: configuration.certificateAuthorities,
                        connectTimeout: configuration.connectTimeout, credentials: credentials, sender: configuration.from,
                        recipients: recipients, message: message, deadline: deadline, cancellation: cancellation,
                        continuation: continuation))
            }
        } onCancel: {
            cancellation.raise()
            loop.wake()
        }
    }

    private func credentials() throws(DeliveryFailure) -> MailCredentials? {
        guard let username = configuration.username, let password = configuration.password else { return nil }
        do throws(SecretError) {
            return MailCredentials(username: username, password: try password.resolve())
        } catch {
            throw DeliveryFailure(error)
        }
    }
}
