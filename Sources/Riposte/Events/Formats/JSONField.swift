/// The members of an object that are read, by their path: our own names, those of OCSF (Authentication, class 3002) and
/// of the Elastic Common Schema. A key with dots in it (`"source.ip"`) is the same path as nested objects.
enum JSONField: UInt8, CaseIterable {
    // Our own.
    case time, timestamp, shortTimestamp, kind, outcome, reason, ip, address, port, user, username, session, count, method, tenant, device,
        userAgent, service
    case host, httpMethod, path, status, country
    // OCSF.
    case timeText, classID, activityID, statusID, sourceEndpointIP, sourceEndpointPort, sourceEndpointCountry, sessionUID
    case requestUserAgent, requestMethod, requestPath, responseCode, deviceUID, destinationHost, tenantUID, actorName, userUID
    // Elastic.
    case atTimestamp, eventCategory, eventKind, eventAction, eventOutcome, eventReason, sourceIP, sourcePort, sourceCountry, clientIP
    case clientPort, userName, userID, userEmail, userAgentOriginal, hostName, serviceName, ecsMethod, ecsStatus, urlPath, organization
    case deviceID

    var keyPath: String {
        switch self {
        case .time: "time"
        case .timestamp: "timestamp"
        case .shortTimestamp: "ts"
        case .kind: "kind"
        case .outcome: "outcome"
        case .reason: "reason"
        case .ip: "ip"
        case .address: "address"
        case .port: "port"
        case .user: "user"
        case .username: "username"
        case .session: "session"
        case .count: "count"
        case .method: "method"
        case .tenant: "tenant"
        case .device: "device"
        case .userAgent: "user_agent"
        case .service: "service"
        case .host: "host"
        case .httpMethod: "http_method"
        case .path: "path"
        case .status: "status"
        case .country: "country"
        case .timeText: "time_dt"
        case .classID: "class_uid"
        case .activityID: "activity_id"
        case .statusID: "status_id"
        case .sourceEndpointIP: "src_endpoint.ip"
        case .sourceEndpointPort: "src_endpoint.port"
        case .sourceEndpointCountry: "src_endpoint.location.country"
        case .sessionUID: "session.uid"
        case .requestUserAgent: "http_request.user_agent"
        case .requestMethod: "http_request.http_method"
        case .requestPath: "http_request.url.path"
        case .responseCode: "http_response.code"
        case .deviceUID: "device.uid"
        case .destinationHost: "dst_endpoint.hostname"
        case .tenantUID: "metadata.tenant_uid"
        case .actorName: "actor.user.name"
        case .userUID: "user.uid"
        case .atTimestamp: "@timestamp"
        case .eventCategory: "event.category"
        case .eventKind: "event.kind"
        case .eventAction: "event.action"
        case .eventOutcome: "event.outcome"
        case .eventReason: "event.reason"
        case .sourceIP: "source.ip"
        case .sourcePort: "source.port"
        case .sourceCountry: "source.geo.country_iso_code"
        case .clientIP: "client.ip"
        case .clientPort: "client.port"
        case .userName: "user.name"
        case .userID: "user.id"
        case .userEmail: "user.email"
        case .userAgentOriginal: "user_agent.original"
        case .hostName: "host.name"
        case .serviceName: "service.name"
        case .ecsMethod: "http.request.method"
        case .ecsStatus: "http.response.status_code"
        case .urlPath: "url.path"
        case .organization: "organization.id"
        case .deviceID: "device.id"
        }
    }
}
