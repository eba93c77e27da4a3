internal import Riposte

extension SettingsSections {
    private static let ldapKeys = [
        "type", "url", "starttls", "ca_file", "bind_dn", "password_env", "password_file", "base", "filter", "mail_attribute", "marks", "timeout",
    ]
    private static let usualMarks = [
        "lock": LDAPSettings.Mark(attribute: "pwdAccountLockedTime", value: "000001010000Z"),
        "password_reset": LDAPSettings.Mark(attribute: "pwdReset", value: "TRUE"),
    ]

    mutating func ldap(_ value: LocatedValue, _ what: String) -> AccountSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["password"], variables: ["password": "LDAP_PASSWORD"])
        guard let map = values.map(literal, what, known: Self.ldapKeys, later: []) else { return nil }
        for key in ["url", "base", "filter"] where map[key] == nil { values.error(value.location, "\(what) needs “\(key)”") }
        let url = map["url"].flatMap { ldapURL($0) } ?? ""
        let isRemote = url.hasPrefix("ldap://") && !Self.isThisMachine(WebhookURL.host(of: url))
        var settings = LDAPSettings(
            url: url, startTLS: isRemote, authorities: map["ca_file"].flatMap { path($0, "ca_file") },
            bindName: map["bind_dn"].flatMap { values.text($0, "bind_dn") }, password: reference(map, "password"),
            base: map["base"].flatMap { values.text($0, "base") } ?? "", filter: map["filter"].flatMap { ldapFilter($0) } ?? "",
            marks: map["marks"].map { ldapMarks($0) } ?? Self.usualMarks)
        if let value = map["timeout"], let timeout = values.duration(value, "timeout") { settings.timeout = timeout }
        if let value = map["starttls"], let flag = values.flag(value, "starttls") {
            settings.startTLS = flag
            checkEncryption(flag, url, isRemote, value)
        }
        if let value = map["mail_attribute"], let name = values.text(value, "mail_attribute"), isAttribute(name, value) {
            settings.mailAttribute = name
        }
        if (settings.bindName == nil) != (settings.password == nil) {
            values.error(value.location, "“bind_dn” and a password go together", "write bind_dn, and password_env or password_file")
        }
        return hasErrors(since: errors) ? nil : .ldap(settings)
    }

    private mutating func checkEncryption(_ flag: Bool, _ url: String, _ isRemote: Bool, _ value: LocatedValue) {
        if flag, !url.hasPrefix("ldap://") { values.error(value.location, "“starttls” belongs to ldap://; take it out") }
        if !flag, isRemote {
            values.error(value.location, "the password would go over the network in the clear", "take it out, or use ldaps://")
        }
    }

    private mutating func ldapURL(_ value: LocatedValue) -> String? {
        guard let text = values.text(value, "url") else { return nil }
        let scheme = ["ldap://", "ldaps://", "ldapi://"].first { text.hasPrefix($0) }
        let rest = text.dropFirst(scheme?.utf8.count ?? 0)
        let isFit =
            scheme == "ldapi://"
            ? rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") } : scheme != nil && WebhookURL.isAuthority(rest)
        if isFit { return text }
        values.error(
            value.location,
            "“url” must be ldap://HOST, ldaps://HOST or ldapi://PATH, with the path's / written as %2F and nothing after it; "
                + "got \(PlaybookReader.got(value))")
        return nil
    }

    private mutating func ldapFilter(_ value: LocatedValue) -> String? {
        guard let text = values.text(value, "filter") else { return nil }
        let places = text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst()
        let isFit =
            !places.isEmpty && text.hasPrefix("(") && text.hasSuffix(")")
            && places.allSatisfy { place in
                place.firstRange(of: "}}").map { place[..<$0.lowerBound].split(separator: " ") == ["user"] } ?? false
            }
        if isFit { return text }
        values.error(
            value.location, "“filter” finds the account of {{ user }}, in brackets; got \(PlaybookReader.got(value))",
            "write \"(uid={{ user }})\"")
        return nil
    }

    private mutating func ldapMarks(_ value: LocatedValue) -> [String: LDAPSettings.Mark] {
        guard let map = values.map(value, "“marks”", known: AccountRestriction.allCases.map(\.word), later: []) else { return [:] }
        if map.isEmpty { values.error(value.location, "“marks” says nothing that could be done") }
        var marks: [String: LDAPSettings.Mark] = [:]
        for (word, value) in map.sorted(by: { $0.key < $1.key }) {
            guard let mark = ldapMark(value, word) else { continue }
            if let other = marks.first(where: { $0.value.attribute.lowercased() == mark.attribute.lowercased() })?.key {
                values.error(value.location, "“\(word)” and “\(other)” have the same attribute, so lifting one would lift the other")
            }
            marks[word] = mark
        }
        return marks
    }

    private mutating func ldapMark(_ value: LocatedValue, _ word: String) -> LDAPSettings.Mark? {
        guard let map = values.map(value, "“\(word)”", known: ["attribute", "value"], later: []) else { return nil }
        if map.isEmpty, let usual = Self.usualMarks[word] { return usual }
        guard let attribute = map["attribute"], let mark = map["value"] else {
            values.error(value.location, "“\(word)” needs an “attribute” and the “value” that it has while it holds")
            return nil
        }
        guard let name = values.text(attribute, "attribute"), let text = values.text(mark, "value") else { return nil }
        return isAttribute(name, attribute) ? LDAPSettings.Mark(attribute: name, value: text) : nil
    }

    private mutating func isAttribute(_ name: String, _ value: LocatedValue) -> Bool {
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-.;".utf8.contains(byte)
        }
        if !isName { values.error(value.location, "“\(name.prefix(40))” is not the name of an attribute") }
        return isName
    }
}
