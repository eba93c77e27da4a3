internal import Riposte

/// What a request in the settings may say. A stranger's data ends up in templates, so where it may stand is decided here: in the
/// path and the query, never in what decides whom we talk to.
enum WebhookURL {
    /// What is wrong with a URL that is written out; `nil` where nothing is. Never quotes it, for it may hold a secret.
    static func problem(in url: String) -> (message: String, suggestion: String?)? {
        let lowered = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lowered.hasPrefix($0) }) else {
            return ("a URL begins with https:// or http://, written out", nil)
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        if authority.contains("{") || authority.contains("}") {
            return ("the host of a URL is written out: “{{ }}” may stand in its path and query only", nil)
        }
        if authority.contains("@") { return ("user and password do not belong into a URL", "use secret_env, or a header with {env: NAME}") }
        guard isAuthority(authority) else { return ("this is not a URL's host", nil) }
        if host(authority) == "hooks.slack.com" {
            return (
                "a Slack URL is a secret and does not belong into this file",
                "put it into the environment and write “url_env: SLACK_WEBHOOK_URL”"
            )
        }
        guard let plain = withoutTemplates(rest.dropFirst(authority.count)) else { return ("“{{” in the URL is never closed", nil) }
        guard plain.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            return ("the URL holds a character that must be written as %XX", nil)
        }
        return nil
    }

    /// The host of a URL in which there is no problem, without brackets.
    static func host(of url: String) -> String {
        let rest = url.split(separator: "//", maxSplits: 1).last ?? ""
        let host = host(rest.prefix { !"/?#".contains($0) })
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }

    static func isAuthority(_ authority: Substring) -> Bool {
        let host = host(authority)
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || (port.first == ":" && Int(port.dropFirst()).map { (1...65535).contains($0) } ?? false) else { return false }
        if host.hasPrefix("[") { return host.hasSuffix("]") && IPAddress(String(host.dropFirst().dropLast())) != nil }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return !host.isEmpty
            && labels.allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-")
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            }
    }

    private static func host(_ authority: Substring) -> String {
        if authority.hasPrefix("[") {
            return (authority.firstIndex(of: "]").map { String(authority[...$0]) } ?? String(authority)).lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }

    private static func withoutTemplates(_ text: Substring) -> String? {
        var plain = ""
        var rest = text
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { return nil }
            plain += rest[..<open.lowerBound]
            rest = rest[close.upperBound...]
        }
        return plain + rest
    }

    /// RFC 9110, section 5.6.2.
    static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
