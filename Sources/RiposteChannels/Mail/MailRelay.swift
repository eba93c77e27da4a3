internal import Riposte
internal import Synchronization

/// Hands mails to one SMTP server. The password is read from where it is kept for each.
final class MailRelay: Sendable {
    private static let sideBySide = 4
    private let configuration: EmailConfiguration
    /// One mail each: libcurl does nothing else while it waits for the answer to a message, or to a good-bye.
    private let loops = (0..<MailRelay.sideBySide).map { _ in TransferLoop(maximumInFlight: 1, maximumQueued: 16) }
    /// How many mails each loop has.
    private let loads = Mutex([Int](repeating: 0, count: MailRelay.sideBySide))

    /// - Parameter configuration: whose `to` plays no part.
    init(_ configuration: EmailConfiguration) { self.configuration = configuration }

    deinit { for loop in loops { loop.stop() } }

    func send(_ message: [UInt8], to recipients: [MailAddress]) async throws(DeliveryFailure) -> MailProgress {
        let credentials = try credentials()
        let cancellation = CancellationFlag()
        let policy = configuration.server.policy(allowing: configuration.allowedNetworks)
        let deadline = ContinuousClock.now + configuration.timeout
        let place = takePlace()
        defer { loads.withLock { $0[place] -= 1 } }
        let loop = loops[place]
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

    /// In the loop that has the fewest.
    private func takePlace() -> Int {
        loads.withLock { loads in
            let place = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[place] += 1
            return place
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
