internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The way to root's helper: one request and one reply a connection, on a thread that may wait.
struct HelperLine: Sendable {
    /// Where the helper listens.
    let socket: String
    /// The absolute path of the store in whose name it is asked.
    let store: String
    let thread: ConfinedThread<Void>

    func ask(_ verb: HelperRequest.Verb) async throws -> HelperReply {
        let request = Array(try JSONEncoder().encode(HelperRequest(store: store, verb: verb)))
        let socket = socket
        let answer: [UInt8]
        do {
            answer = try await thread.perform { _ in
                let connection = try UnixSocket.connect(to: socket, limit: .seconds(30))
                try connection.send(request)
                guard let answer = try connection.receive(atMost: 1 << 20) else {
                    throw SourceError(.unreadable, "it hung up without an answer; its own log says why")
                }
                return answer
            }
        } catch let error as SourceError {
            throw EnforcementError("the helper cannot be asked (is riposte-helper running, and for this user?): \(error)")
        }
        switch try? JSONDecoder().decode(HelperReply.self, from: Data(answer)) {
        case .refused(let why): throw EnforcementError("the helper refuses: \(why)", kind: .permanent)
        case .failed(let why, let kind): throw EnforcementError(why, kind: kind)
        case nil: throw strange
        case let reply?: return reply
        }
    }

    var strange: EnforcementError {
        EnforcementError(
            "the helper at \(socket) gave an answer that this version does not know; are both of one version?", kind: .permanent)
    }
}
