/// What few events carry: the HTTP request, the session, the device, a service's and host's name, free attributes.
///
/// Copied by reference and immutable, so an event that has none costs a null pointer.
public final class EventDetails: Sendable, Hashable {
    /// Whose part of a shared system it was.
    public let tenant: String?
    /// The session's name, what `terminate_session` ends. Records and alerts show it: a name, never the secret that the cookie holds.
    public let session: String?
    /// The device, as the source names it.
    public let device: String?
    /// What the client calls itself; anybody can write anything there.
    public let userAgent: String?
    /// The program that wrote it: `sshd`.
    public let service: String?
    /// The machine that wrote it.
    public let host: String?
    /// `GET`, `POST` …, as the client sent it.
    public let httpMethod: String?
    /// The request's path, as the client sent it.
    public let path: String?
    /// The HTTP status that was answered.
    public let status: Int?
    /// Where the address is, as the source has it.
    public let country: String?
    /// The line or object as it was received, cut to 1,024 bytes.
    public let raw: String?
    /// What else the source told, by its own names.
    public let attributes: [String: String]

    /// Creates details; all of it is data and is never expanded.
    public init(
        tenant: String? = nil, session: String? = nil, device: String? = nil, userAgent: String? = nil, service: String? = nil,
        host: String? = nil, httpMethod: String? = nil, path: String? = nil, status: Int? = nil, country: String? = nil,
        raw: String? = nil, attributes: [String: String] = [:]
    ) {
        self.tenant = tenant
        self.session = session
        self.device = device
        self.userAgent = userAgent
        self.service = service
        self.host = host
        self.httpMethod = httpMethod
        self.path = path
        self.status = status
        self.country = country
        self.raw = raw
        self.attributes = attributes
    }

    private var fields: [AnyHashable?] {
        [tenant, session, device, userAgent, service, host, httpMethod, path, status, country, raw, attributes]
    }

    public static func == (a: EventDetails, b: EventDetails) -> Bool { a === b || a.fields == b.fields }
    public func hash(into hasher: inout Hasher) { hasher.combine(fields) }
}
