/// What few events carry: the HTTP request, the session, the device, a service's and host's name, free attributes.
///
/// Copied by reference and immutable, so an event that has none costs a null pointer.
public final class EventDetails: Sendable, Hashable {
    public let tenant: String?
    public let session: String?
    public let device: String?
    public let userAgent: String?
    public let service: String?
    public let host: String?
    public let httpMethod: String?
    public let path: String?
    public let status: Int?
    public let country: String?
    /// The line or object as it was received, cut to 1,024 bytes.
    public let raw: String?
    public let attributes: [String: String]

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
