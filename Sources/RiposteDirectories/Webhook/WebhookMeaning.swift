internal import Riposte
internal import RiposteChannels

/// What a service's answer means. See docs/accounts.md, which promises it.
enum WebhookMeaning {
    /// No such account.
    static func isUnknown(_ response: HTTPResponse) -> Bool { [404, 410].contains(response.status) || state(response) == "none" }

    static func change(_ response: HTTPResponse, of user: String, _ origin: String) throws(DirectoryFailure) -> AccountChange {
        if isUnknown(response) { return .cannot("there is no account \(user)", .permanent) }
        try check(response, origin)
        return response.status == 208 || state(response) == "already" ? .alreadySo : .changed
    }

    static func standing(_ response: HTTPResponse, _ origin: String) throws(DirectoryFailure) -> AccountStanding {
        if isUnknown(response) { return .noSuchAccount }
        try check(response, origin)
        switch state(response) {
        case "restricted": return .restricted
        case "free": return .free
        default: return .unknown
        }
    }

    static func sessions(_ response: HTTPResponse, _ origin: String) throws(DirectoryFailure) -> SessionChange {
        if isUnknown(response) || response.status == 208 { return .none }
        try check(response, origin)
        if state(response) == "already" { return .none }
        guard let ended = response.json?.value(at: "ended")?.int.flatMap(Int.init(exactly:)) else { return .ended(nil) }
        return ended > 0 ? .ended(ended) : .none
    }

    static func mailAddress(_ response: HTTPResponse, _ origin: String) throws(DirectoryFailure) -> String? {
        if isUnknown(response) { return nil }
        try check(response, origin)
        switch response.json?.value(at: "mail_address") {
        case .string(let address): return address
        case .null: return nil
        default: throw DirectoryFailure(.permanent, "\(origin) answered without a “mail_address”")
        }
    }

    private static func state(_ response: HTTPResponse) -> String? { response.json?.value(at: "state")?.string }

    /// Throws unless it is done. 202 is a promise, 409 says that somebody else is at it: asked again, both may have become so.
    private static func check(_ response: HTTPResponse, _ origin: String) throws(DirectoryFailure) {
        switch response.status {
        case 202:
            throw DirectoryFailure(.transient, "\(origin) has accepted it and not done it yet", retryAfter: response.retryAfter)
        case 409: throw DirectoryFailure(.transient, "\(origin) answered 409, a conflict", retryAfter: response.retryAfter)
        default:
            guard let kind = response.failureKind else { return }
            let note = (300...399).contains(response.status) ? " (redirects are not followed)" : ""
            throw DirectoryFailure(kind, "\(origin) answered \(response.status)\(note)", retryAfter: response.retryAfter)
        }
    }
}
