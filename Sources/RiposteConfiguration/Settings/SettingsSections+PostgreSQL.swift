internal import Riposte

extension SettingsSections {
    /// What of libpq's parameters may be set. Not among them: the password, which is a secret, and what Riposte sets itself.
    private static let connectionKeys = [
        "application_name", "channel_binding", "dbname", "gssencmode", "host", "hostaddr", "krbsrvname", "port", "sslcert", "sslcrl",
        "sslkey", "sslmode", "sslrootcert", "ssl_min_protocol_version", "target_session_attrs", "user",
    ]
    private static let files = ["sslcert", "sslcrl", "sslkey", "sslrootcert"]
    private static let modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    mutating func postgreSQL(_ value: LocatedValue, _ what: String) -> AccountSettings? {
        let errors = values.findings.count
        let literal = withoutSecrets(value, ["password"], variables: ["password": "ACCOUNTS_PASSWORD"])
        let keys = ["type", "connection", "password_env", "password_file", "timeout", "statements"]
        guard let map = values.map(literal, what, known: keys, later: []) else { return nil }
        var settings = PostgreSQLSettings()
        settings.password = reference(map, "password")
        if let value = map["timeout"], let timeout = values.duration(value, "timeout") { settings.timeout = timeout }
        if let value = map["connection"] {
            settings.connection = connection(value, hasPassword: settings.password != nil)
        } else {
            values.error(
                value.location, "\(what) needs a “connection”", "write connection: {host: db.example.org, dbname: shop, user: riposte}")
        }
        if let value = map["statements"] {
            settings.statements = statements(value)
        } else {
            values.error(value.location, "\(what) needs “statements”", "write statements: {lock: \"UPDATE …\", unlock: \"UPDATE …\"}")
        }
        return hasErrors(since: errors) ? nil : .postgreSQL(settings)
    }

    private mutating func connection(_ value: LocatedValue, hasPassword: Bool) -> [String: String] {
        if case .scalar(.string) = value.content {
            // Not repeated: a URL, or libpq's “host=… password=…”, has the password in it.
            values.error(value.location, "“connection” must be a map; got text", "write {host: db.example.org, dbname: shop, user: riposte}")
            return [:]
        }
        let literal = withoutSecrets(value, ["password", "sslpassword"], variables: ["password": "ACCOUNTS_PASSWORD"])
        guard let map = values.map(literal, "“connection”", known: Self.connectionKeys, later: []) else { return [:] }
        var parameters: [String: String] = [:]
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            parameters[key] =
                switch key {
                case "port": values.integer(value, key, in: 1...65535).map(String.init)
                case "sslmode": values.choice(value, key, Self.modes)
                case let key where Self.files.contains(key): path(value, key)
                default: values.text(value, key)
                }
        }
        warn(parameters, value, hasPassword)
        if let mode = parameters["sslmode"], mode.hasPrefix("verify-"), parameters["sslrootcert"] == nil {
            values.warning(
                value.location, "libpq looks for the certificate authorities in ~/.postgresql/root.crt, and not among the system's",
                "write sslrootcert: /etc/ssl/certs/ca-certificates.crt, or a file of your own")
        }
        return parameters
    }

    /// Anything less than `verify-full` lets whoever is in between read the password, or answer in the server's place.
    private mutating func warn(_ parameters: [String: String], _ value: LocatedValue, _ hasPassword: Bool) {
        let hosts = (parameters["hostaddr"] ?? parameters["host"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        guard let host = hosts.first(where: { !$0.hasPrefix("/") && !$0.hasPrefix("@") && !Self.isThisMachine($0) }) else { return }
        guard parameters["sslmode"] != "verify-full" else { return }
        values.warning(
            value.location,
            "whoever is between here and \(host) can answer in the server's place\(hasPassword ? ", and be told the password" : "")",
            "write sslmode: verify-full, and in sslrootcert the file with the certificate authorities to trust")
    }

    private mutating func statements(_ value: LocatedValue) -> [String: String] {
        guard let map = values.map(value, "“statements”", known: AccountVerb.allCases.map(\.rawValue), later: []) else { return [:] }
        if map.isEmpty { values.error(value.location, "“statements” says nothing that could be done") }
        var statements: [String: String] = [:]
        for verb in AccountVerb.allCases {
            guard let value = map[verb.rawValue], let text = values.text(value, verb.rawValue) else { continue }
            do throws(SQLStatement.Problem) {
                _ = try SQLStatement(text, subject: verb.subject, known: verb.values)
                statements[verb.rawValue] = text
            } catch {
                values.error(value.location, "“\(verb.rawValue)”: \(error.message)", error.suggestion)
            }
        }
        checkPairs(map)
        return statements
    }

    /// What cannot be taken back is not done; what cannot be looked at is taken back even where somebody else had done it.
    private mutating func checkPairs(_ map: [String: LocatedValue]) {
        for restriction in AccountRestriction.allCases {
            guard let put = AccountVerb.of(.restrict(restriction))?.rawValue, let lift = AccountVerb.of(.lift(restriction))?.rawValue,
                let look = AccountVerb.of(.look(restriction))?.rawValue
            else { continue }
            if let value = map[put], map[lift] == nil {
                values.error(value.location, "“\(put)” needs “\(lift)”, or it could not be taken back")
            } else if let value = map[lift] ?? map[look], map[put] == nil {
                values.error(value.location, "“\(map[lift] == nil ? look : lift)” is nothing without “\(put)”")
            } else if let value = map[put], map[look] == nil {
                values.warning(
                    value.location, "without “\(look)” Riposte takes back what somebody else has done, too",
                    "add \(look), which selects true or false for :user")
            }
        }
    }
}
