/// The words of our own JSON shape and its aliases.
enum JSONWords {
    static func kind(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Event.Kind {
        if line.has("auth.login\"", at: value.start) { return .login }
        let text = JSONText.text(line, value)
        return Event.Kind.allCases.first { $0.name == text } ?? .other
    }

    static func outcome(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Event.Outcome {
        if line.has("failure\"", at: value.start) { return .failure }
        if line.has("success\"", at: value.start) { return .success }
        switch JSONText.text(line, value).lowercased() {
        case "failure", "failed", "fail": return .failure
        case "success", "succeeded": return .success
        default: return .unknown
        }
    }

    static func reason(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Event.Reason {
        if line.has("bad_credentials\"", at: value.start) { return .badCredentials }
        let text = JSONText.text(line, value)
        return Event.Reason.allCases.first { $0.name == text } ?? .none
    }

    static func method(_ line: Span<UInt8>, _ value: JSONScanner.Value) -> Event.Method {
        if line.has("password\"", at: value.start) { return .password }
        switch JSONText.text(line, value).lowercased() {
        case "password": return .password
        case "public_key", "publickey", "public-key": return .publicKey
        case "keyboard_interactive", "keyboard-interactive": return .keyboardInteractive
        case "token": return .token
        case "", "unknown": return .unknown
        default: return .other
        }
    }
}

extension JSONLinesParser {
    private static let detailFields = JSONScanner.mask([
        .tenant, .tenantUID, .organization, .session, .sessionUID, .device, .deviceUID, .deviceID, .userAgent, .requestUserAgent,
        .userAgentOriginal, .service, .serviceName, .host, .hostName, .destinationHost, .httpMethod, .requestMethod, .ecsMethod, .path,
        .requestPath, .urlPath, .status, .responseCode, .ecsStatus, .country, .sourceEndpointCountry, .sourceCountry,
    ])

    /// The rarely present rest; `nil` where there is none of it.
    func details(_ line: Span<UInt8>, written: Timestamp?) -> EventDetails? {
        guard written != nil || !scanner.attributes.isEmpty || scanner.hasAny(Self.detailFields) else { return nil }
        return EventDetails(
            tenant: text(line, first(.tenant, .tenantUID, .organization)), session: text(line, first(.session, .sessionUID)),
            device: text(line, first(.device, .deviceUID, .deviceID)),
            userAgent: text(line, first(.userAgent, .requestUserAgent, .userAgentOriginal), limit: 1024),
            service: text(line, first(.service, .serviceName)), host: text(line, first(.host, .destinationHost, .hostName)),
            httpMethod: text(line, first(.httpMethod, .requestMethod, .ecsMethod)),
            path: text(line, first(.path, .requestPath, .urlPath), limit: 1024), status: status(line),
            country: text(line, first(.country, .sourceEndpointCountry, .sourceCountry)), attributes: attributes(line, written))
    }

    private func text(_ line: Span<UInt8>, _ value: JSONScanner.Value?, limit: Int = 256) -> String? {
        value.map { JSONText.text(line, $0, limit: limit) }
    }

    /// The HTTP status; OCSF's `status` is a word and none.
    private func status(_ line: Span<UInt8>) -> Int? {
        let own = scanner.value(.status).flatMap { JSONText.integer(line, $0) }
        let number = own ?? first(.responseCode, .ecsStatus).flatMap { JSONText.integer(line, $0) }
        return number.flatMap { (100...999).contains($0) ? Int($0) : nil }
    }

    private func attributes(_ line: Span<UInt8>, _ written: Timestamp?) -> [String: String] {
        var attributes: [String: String] = [:]
        for attribute in scanner.attributes {
            let key = JSONText.unescaped(line, attribute.key)
            attributes[key.span.text(in: 0..<key.count)] = JSONText.text(line, attribute.value, limit: 1024)
        }
        if let written { attributes[originalTime] = written.description }
        return attributes
    }
}
