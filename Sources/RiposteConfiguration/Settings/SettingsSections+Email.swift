internal import Riposte

extension SettingsSections {
    /// How a mail server is spoken to, and from whom mail comes.
    static let serverKeys = ["host", "port", "tls", "username", "password_env", "password_file", "from", "ca_file"]

    mutating func emailChannel(_ value: LocatedValue, _ what: String) -> ChannelSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["password"], variables: ["password": "SMTP_PASSWORD"])
        guard let map = values.map(literal, what, known: ["type", "to"] + Self.serverKeys + Self.deliveryKeys, later: []) else {
            return nil
        }
        for key in ["host", "from", "to"] where map[key] == nil { values.error(value.location, "\(what) needs “\(key)”") }
        var email = mailServer(map)
        email.to = map["to"].map { mailboxes($0) } ?? []
        return hasErrors(since: errors) ? nil : .email(email)
    }

    mutating func mailServer(_ map: [String: LocatedValue]) -> EmailSettings {
        var email = EmailSettings(
            host: map["host"].flatMap { serverHost($0, "a mail server") } ?? "", from: map["from"].flatMap { mailbox($0, "from") } ?? "",
            to: [])
        if let value = map["tls"], let tls: EmailSettings.Encryption = values.word(value, "tls") { email.encryption = tls }
        if let value = map["port"] { email.port = values.integer(value, "port", in: 1...65535) }
        email.username = map["username"].flatMap { values.text($0, "username") }
        email.password = reference(map, "password")
        email.authorities = map["ca_file"].flatMap { path($0, "ca_file") }
        checkCredentials(email, map)
        return email
    }

    private mutating func checkCredentials(_ email: EmailSettings, _ map: [String: LocatedValue]) {
        let password = map["password_env"] ?? map["password_file"]
        if let username = map["username"], password == nil {
            values.error(username.location, "a “username” needs a password", "write “password_env: SMTP_PASSWORD” or “password_file: PATH”")
        }
        if let password, map["username"] == nil { values.error(password.location, "a password needs a “username”") }
        guard email.encryption == .none, let tls = map["tls"] else { return }
        if let authorities = map["ca_file"] { values.error(authorities.location, "“ca_file” means nothing without encryption") }
        guard !email.host.isEmpty, !Self.isThisMachine(email.host) else { return }
        if password != nil {
            values.error(tls.location, "the password would go over the network in the clear", "use “tls: starttls” or “tls: implicit”")
        } else {
            values.warning(tls.location, "mail goes over the network in the clear", "use “tls: starttls” or “tls: implicit”")
        }
    }

    /// - Parameter kind: what it is the host of, `a mail server`.
    mutating func serverHost(_ value: LocatedValue, _ kind: String) -> String? {
        guard let text = values.text(value, "host") else { return nil }
        let isName = WebhookURL.isAuthority(text[...]) && !text.contains(":") && !text.hasPrefix("[")
        if isName || IPAddress(text) != nil { return text.lowercased() }
        values.error(
            value.location, "“host” is the name or address of \(kind); got \(PlaybookReader.got(value))",
            "the port goes under “port”")
        return nil
    }

    private mutating func mailboxes(_ value: LocatedValue) -> [String] {
        guard case .list(let elements) = value.content else { return [mailbox(value, "to")].compactMap(\.self) }
        if elements.isEmpty { values.error(value.location, "“to” is an empty list", "name somebody to send mail to") }
        return elements.compactMap { mailbox($0, "to") }
    }

    private mutating func mailbox(_ value: LocatedValue, _ what: String) -> String? {
        guard let text = values.text(value, what) else { return nil }
        if MailAddress(text) != nil { return text }
        let got = PlaybookReader.got(value)
        values.error(
            value.location, "“\(what)” must be an address such as ann@example.org or “Ann <ann@example.org>”; got \(got)")
        return nil
    }
}
