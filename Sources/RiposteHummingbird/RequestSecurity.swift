public import Hummingbird
internal import NIOCore
public import Riposte
internal import Synchronization

/// What Riposte's middlewares know of one request. Lives in the request's context, and is the same in every copy of it: what a
/// middleware notes here is known wherever the context has been handed to.
public struct RequestSecurity: Sendable {
    private struct Notes {
        var address: IPAddress?
        var account: SignedIn?
    }

    /// One reference in the context instead of a dozen fields, which each middleware would copy on its way.
    private final class Page: Sendable {
        let peer: IPAddress?
        let notes = Mutex(Notes())

        init(_ peer: IPAddress?) { self.peer = peer }
    }

    private let page: Page

    /// The other end of the connection; `nil` for a local socket.
    public var peer: IPAddress? { page.peer }

    /// Where the request comes from. Set by ``SecurityMiddleware``, ``EnforcementMiddleware`` or
    /// ``ClientAddressMiddleware``; `nil` until then.
    public var address: IPAddress? {
        get { page.notes.withLock { $0.address } }
        nonmutating set { page.notes.withLock { $0.address = newValue } }
    }

    /// Who is signed in, in a session that still holds. Set by ``SecurityMiddleware`` or ``AccountMiddleware``.
    public var account: SignedIn? {
        get { page.notes.withLock { $0.account } }
        nonmutating set { page.notes.withLock { $0.account = newValue } }
    }

    /// Creates what is known before any middleware has looked: the peer, and nothing else.
    public init(peer: IPAddress? = nil) { page = Page(peer) }

    /// Takes the peer from the connection.
    public init(source: ApplicationRequestContextSource) { self.init(peer: source.channel.remoteAddress.flatMap(IPAddress.init)) }
}

/// A request context that Riposte's middlewares can work on.
///
/// ```swift
/// struct AppContext: SecuredRequestContext {
///     var coreContext: CoreRequestContextStorage
///     var security: RequestSecurity
///
///     init(source: ApplicationRequestContextSource) {
///         coreContext = CoreRequestContextStorage(source: source)
///         security = RequestSecurity(source: source)
///     }
/// }
/// ```
public protocol SecuredRequestContext: RequestContext {
    /// What the middlewares note of this request; `RequestSecurity(source:)` to begin with.
    var security: RequestSecurity { get set }
}

/// The context of a server that needs no other.
public struct BasicSecuredRequestContext: SecuredRequestContext {
    public var coreContext: CoreRequestContextStorage
    public var security: RequestSecurity

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        security = RequestSecurity(source: source)
    }
}

/// Who is signed in, as the host knows it.
public struct SignedIn: Sendable, Hashable {
    /// The account's id, the same that events are reported with.
    public var user: String
    /// What the session is called in events and for `terminate_session`; never its secret cookie.
    public var session: String?
    /// When the session began, or the token was issued.
    public var since: Timestamp
    /// Whether a second factor was passed in this session.
    public var hasSecondFactor: Bool

    /// Creates what your session says of itself.
    ///
    /// - Parameter since: when the session began; one from before its user's sessions were revoked is void.
    public init(user: String, session: String? = nil, since: Timestamp, hasSecondFactor: Bool = false) {
        self.user = user
        self.session = session
        self.since = since
        self.hasSecondFactor = hasSecondFactor
    }
}

extension IPAddress {
    /// From the bytes of the socket's address: it is asked with each request.
    init?(_ address: SocketAddress) {
        let isV4: Bool
        switch address {
        case .v4: isV4 = true
        case .v6: isV4 = false
        case .unixDomainSocket: return nil
        }
        self = address.withSockAddr { pointer, _ in
            let bytes = UnsafeRawPointer(pointer)
            guard !isV4 else { return IPAddress(v4: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))) }
            return IPAddress(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        }
    }
}
