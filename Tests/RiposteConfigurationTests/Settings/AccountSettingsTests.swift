import Riposte
import RiposteConfiguration
import Testing

@Suite struct `the accounts of the settings` {
    private func read(_ yaml: String) -> (accounts: [DirectoryName: AccountSettings]?, findings: [String]) {
        let (settings, findings) = SettingsReader().read(Array("accounts: \(yaml)".utf8), file: "/etc/riposte/riposte.yaml")
        return (settings?.accounts, findings.map { $0.description.replacing("/etc/riposte/riposte.yaml:", with: "") })
    }

    @Test func `have a name and a type each, several at once`() throws {
        #expect(SettingsReader().read(Array("store: x".utf8), file: "f").settings?.accounts == [:])
        let (accounts, findings) = read(
            """

              shop:
                type: postgresql
                connection: {host: /run/postgresql, port: 5433, dbname: shop, sslrootcert: ca.pem}
                password_env: SHOP_PASSWORD
                timeout: 5s
                statements:
                  lock: "UPDATE users SET locked = true WHERE login = :user"
                  unlock: "UPDATE users SET locked = false WHERE login = :user"
                  is_locked: "SELECT locked FROM users WHERE login = :user"
              staff:
                type: ldap
                url: ldap://ldap.example.org
                ca_file: ca.pem
                bind_dn: cn=riposte,dc=example,dc=org
                password_file: ldap
                base: dc=example,dc=org
                filter: "(uid={{ user }})"
                marks: {lock: {}, block: {attribute: nsAccountLock, value: "true"}}
              near: {type: ldap, url: "ldapi://%2Frun%2Fslapd", base: dc=x, filter: "(&(uid={{user}})(a=b))"}
              hooks:
                type: webhook
                url: https://idp.example.org/orders
                signing_secret_env: HOOKS_KEY
                verbs: [lock, revoke_sessions]
                standing_url: "https://idp.example.org/users/{{ user }}"
              machine: {type: helper, socket: h.sock}
            """)
        #expect(findings == [])
        let lock = LDAPSettings.Mark(attribute: "pwdAccountLockedTime", value: "000001010000Z")
        #expect(
            accounts == [
                "shop": .postgreSQL(
                    PostgreSQLSettings(
                        connection: [
                            "host": "/run/postgresql", "port": "5433", "dbname": "shop", "sslrootcert": "/etc/riposte/ca.pem",
                        ], password: .environment("SHOP_PASSWORD"), timeout: .seconds(5),
                        statements: [
                            "lock": "UPDATE users SET locked = true WHERE login = :user",
                            "unlock": "UPDATE users SET locked = false WHERE login = :user",
                            "is_locked": "SELECT locked FROM users WHERE login = :user",
                        ])),
                "staff": .ldap(
                    LDAPSettings(
                        url: "ldap://ldap.example.org", startTLS: true, authorities: "/etc/riposte/ca.pem",
                        bindName: "cn=riposte,dc=example,dc=org", password: .file("/etc/riposte/ldap"), base: "dc=example,dc=org",
                        filter: "(uid={{ user }})", marks: ["lock": lock, "block": .init(attribute: "nsAccountLock", value: "true")])),
                "near": .ldap(
                    LDAPSettings(
                        url: "ldapi://%2Frun%2Fslapd", startTLS: false, base: "dc=x", filter: "(&(uid={{user}})(a=b))",
                        marks: ["lock": lock, "password_reset": .init(attribute: "pwdReset", value: "TRUE")])),
                "hooks": .webhook(
                    AccountWebhookSettings(
                        request: WebhookSettings(
                            url: .literal("https://idp.example.org/orders"), signingSecret: .environment("HOOKS_KEY")),
                        verbs: ["lock", "revoke_sessions"], standingURL: "https://idp.example.org/users/{{ user }}")),
                "machine": .helper(socket: "/etc/riposte/h.sock"),
            ])
        #expect(
            accounts?.mapValues(\.secrets) == [
                "shop": [.environment("SHOP_PASSWORD")], "staff": [.file("/etc/riposte/ldap")], "near": [],
                "hooks": [.environment("HOOKS_KEY")], "machine": [],
            ])
    }

    private static let pair = "lock: \"SELECT :user\", unlock: \"SELECT :user\", is_locked: \"SELECT :user\""

    @Test(arguments: [
        ("{a: {}}", "1:15: error: accounts “a” needs a “type”: postgresql, ldap, webhook, local, helper"),
        ("{a: {type: local, table: x}}", "1:29: error: unknown key “table” in accounts “a”; there is: type"),
        ("{a: {type: local}, b: {type: helper}}", "1:33: error: “b” and “a” are both this machine; take one of them out"),
        ("{a: {type: ldpa}}", "1:22: error: “type” cannot be “ldpa”; did you mean “ldap”?"),
        ("[a]", "1:11: error: “accounts” must be a map; got a list"),
        (
            "{a: {type: postgresql}}",
            "1:15: error: accounts “a” needs a “connection”; write connection: {host: db.example.org, dbname: shop, user: riposte}|"
                + "1:15: error: accounts “a” needs “statements”; write statements: {lock: \"UPDATE …\", unlock: \"UPDATE …\"}"
        ),
        (
            "{a: {type: postgresql, connection: {hots: x}, statements: {\(pair)}}}",
            "1:47: error: unknown key “hots” in “connection”; did you mean “host”?"
        ),
        (
            "{a: {type: postgresql, connection: {password: hunter2}, statements: {\(pair)}}}",
            "1:57: error: “password” is a secret and does not belong into this file; put it into the environment and write "
                + "“password_env: ACCOUNTS_PASSWORD”, or into a file and write “password_file: PATH”"
        ),
        (
            "{a: {type: postgresql, connection: \"postgresql://riposte:hunter2@db/shop\", statements: {\(pair)}}}",
            "1:46: error: “connection” must be a map; got text; write {host: db.example.org, dbname: shop, user: riposte}"
        ),
        (
            "{a: {type: ldap, url: \"ldap://riposte:hunter2@h\", base: b, filter: \"(uid={{ user }})\"}}",
            "1:33: error: “url” must be ldap://HOST, ldaps://HOST or ldapi://PATH, with the path's / written as %2F and nothing after it; "
                + "got a URL with a user in it"
        ),
        (
            "{a: {type: postgresql, connection: {host: \"/run,db.example.org\"}, statements: {\(pair)}}}",
            "1:46: warning: whoever is between here and db.example.org can answer in the server's place; write sslmode: verify-full, and in "
                + "sslrootcert the file with the certificate authorities to trust"
        ),
        (
            "{a: {type: postgresql, connection: {host: db.example.org, sslmode: verify-full}, statements: {\(pair)}}}",
            "1:46: warning: libpq looks for the certificate authorities in ~/.postgresql/root.crt, and not among the system's; write "
                + "sslrootcert: /etc/ssl/certs/ca-certificates.crt, or a file of your own"
        ),
        (
            "{a: {type: postgresql, connection: {host: db.example.org, sslmode: require}, statements: {\(pair)}}}",
            "1:46: warning: whoever is between here and db.example.org can answer in the server's place; write sslmode: verify-full, and in "
                + "sslrootcert the file with the certificate authorities to trust"
        ),
        (
            "{a: {type: postgresql, connection: {}, statements: {lock: \"SELECT :usr\"}}}",
            "1:69: error: “lock”: there is no value “:usr” for it; did you mean “user”?|"
                + "1:69: error: “lock” needs “unlock”, or it could not be taken back"
        ),
        (
            "{a: {type: postgresql, connection: {}, statements: {lock: \"SELECT :user\", unlock: \"SELECT :user\"}}}",
            "1:69: warning: without “is_locked” Riposte takes back what somebody else has done, too; add is_locked, which selects true or false "
                + "for :user"
        ),
        (
            "{a: {type: postgresql, connection: {}, statements: {unlock: \"SELECT :user\"}}}",
            "1:71: error: “unlock” is nothing without “lock”"
        ),
        (
            "{a: {type: ldap, url: ldap://h, starttls: false, base: b, filter: \"(uid=x)\"}}",
            "1:53: error: the password would go over the network in the clear; take it out, or use ldaps://|"
                + "1:77: error: “filter” finds the account of {{ user }}, in brackets; got “(uid=x)”; write \"(uid={{ user }})\""
        ),
        (
            "{a: {type: ldap, url: \"https://h\", base: b, filter: \"(uid={{ user }})\", bind_dn: x}}",
            "1:15: error: “bind_dn” and a password go together; write bind_dn, and password_env or password_file|"
                + "1:33: error: “url” must be ldap://HOST, ldaps://HOST or ldapi://PATH, with the path's / written as %2F and nothing after it; "
                + "got “https://h”"
        ),
        (
            "{a: {type: ldap, url: ldaps://h, base: b, filter: \"(uid={{ user }})\", marks: {lock: {}, block: {attribute: PWDaccountlockedtime, value: x}}}}",
            "1:95: error: “lock” and “block” have the same attribute, so lifting one would lift the other"
        ),
        (
            "{a: {type: webhook, url: \"https://h/\", verbs: [lock, unlock]}}",
            "1:15: error: accounts “a” needs “signing_secret_env” or “signing_secret_file”: an order that is not signed could be anybody's|"
                + "1:64: error: “verbs” cannot be “unlock”; did you mean “block”?"
        ),
        (
            "{a: {type: webhook, url: \"https://h/\", signing_secret_env: K, verbs: lock, standing_url: \"https://h/{{ user }}/{{ restriktion }}\"}}",
            "1:100: error: there is no “restriktion” for a template here; did you mean “restriction”?"
        ),
        (
            "{a: {type: webhook, url: \"https://h/\", signing_secret_env: K, verbs: lock, standing_url: \"https://h/x\"}}",
            "1:100: error: “standing_url” does not ask about anybody; put {{ user }} into its path or query"
        ),
    ])
    func `are refused with the place and what to write instead`(yaml: String, findings: String) {
        #expect(read(yaml).findings.joined(separator: "|") == findings)
        #expect(!findings.contains("hunter2"))
    }
}
