import Foundation
import Riposte
import RiposteDirectories

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A real slapd with the password policy, on 127.0.0.1 and at a Unix socket in its own folder.
///
/// Sendable although it has state: it is made on another thread than its test's, and then belongs to this one test, which does one
/// thing after the other.
final class LDAPServer: @unchecked Sendable {
    static let program = "/usr/sbin/slapd"
    static var isAvailable: Bool {
        Program.isThere(program) && Program.isThere("/usr/bin/ldapmodify") && Program.isThere("/usr/bin/openssl")
    }
    static let password = "s3cret-Wort"
    static let name = "cn=riposte,dc=example,dc=org"

    let folder: String
    private(set) var port: UInt16
    /// Where it is encrypted from the first byte.
    private(set) var securePort: UInt16
    /// The file with the certificate to trust.
    var authorities: String { "\(folder)/cert.pem" }
    private var process: RunningProgram?
    private var socket: String { "ldapi://" + "\(folder)/s".replacingOccurrences(of: "/", with: "%2F") }

    init() throws {
        folder = try Program.folder("ldap")
        port = try Program.freePort()
        securePort = try Program.freePort()
        try FileManager.default.createDirectory(atPath: "\(folder)/db", withIntermediateDirectories: false)
        try Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=riposte-test", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out", authorities,
            ])
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/slapd.conf"))
        // Another program may take a port before slapd does.
        for attempt in 1...5 {
            do {
                try start()
                break
            } catch {
                guard attempt < 5 else { throw error }
                port = try Program.freePort()
                securePort = try Program.freePort()
            }
        }
        try change(Self.entries, with: "/usr/bin/ldapadd")
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws {
        let places = "\(socket) ldap://127.0.0.1:\(port) ldaps://127.0.0.1:\(securePort)"
        let arguments = ["-f", "\(folder)/slapd.conf", "-h", places, "-d", "0"]
        process = try Program.start(Self.program, arguments, log: "\(folder)/log")
        for _ in 0..<600 {
            // Its root, which is there before any entry is.
            if (try? search("", "supportedLDAPVersion")) != nil || (process?.isRunning != true) { break }
            usleep(20_000)
        }
        guard process?.isRunning == true else {
            throw Program.Failure(
                description: "slapd did not start: \((try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "")")
        }
    }

    func stop() { process?.end() }

    func freeze(_ isFrozen: Bool) { process.map { _ = kill($0.processIdentifier, isFrozen ? SIGSTOP : SIGCONT) } }

    /// What ldapsearch prints of one entry, as the administrator.
    @discardableResult
    func search(_ base: String, _ attribute: String, scope: String = "base") throws -> String {
        try Program.run(
            "/usr/bin/ldapsearch",
            ["-x", "-LLL", "-o", "nettimeout=5", "-H", socket] + Self.administrator + ["-b", base, "-s", scope, attribute])
    }

    /// The value of an attribute of a user; `nil` where there is none.
    func value(_ attribute: String, of user: String) throws -> String? {
        let lines = try search("uid=\(user),ou=people,dc=example,dc=org", attribute).split(separator: "\n")
        return lines.first { $0.hasPrefix("\(attribute): ") }.map { String($0.dropFirst(attribute.count + 2)) }
    }

    func change(_ text: String, with program: String = "/usr/bin/ldapmodify") throws {
        try Program.run(program, ["-x", "-H", socket] + Self.administrator, input: text)
    }

    /// Whether a user can sign in.
    func signsIn(_ user: String, _ password: String = "hello") -> Bool {
        let name = "uid=\(user),ou=people,dc=example,dc=org"
        return (try? Program.run("/usr/bin/ldapwhoami", ["-x", "-H", socket, "-D", name, "-w", password])) != nil
    }

    func directory(
        _ name: DirectoryName = "staff", password: Secret? = nil, filter: String = "(uid={{ user }})",
        marks: [AccountRestriction: LDAPConfiguration.Mark] = [
            .lock: .lock, .passwordReset: .passwordReset, .block: .init("employeeType", "blocked"),
        ],
        timeout: Duration = .seconds(20), configure: (inout LDAPConfiguration) -> Void = { _ in }
    ) throws -> LDAPDirectory {
        guard let filter = LDAPFilter(filter) else { throw Program.Failure(description: "no filter") }
        var configuration = LDAPConfiguration(
            url: "ldap://127.0.0.1:\(port)", authorities: authorities, bindName: Self.name, password: password,
            base: "ou=people,dc=example,dc=org", filter: filter, marks: marks, timeout: timeout)
        configure(&configuration)
        return LDAPDirectory(name, configuration)
    }

    private static let administrator = ["-D", "cn=admin,dc=example,dc=org", "-w", "admin"]

    private var configuration: String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload ppolicy
        TLSCertificateFile \(authorities)
        TLSCertificateKeyFile \(folder)/key.pem
        access to attrs=userPassword by self write by anonymous auth by * none
        access to attrs=pwdAccountLockedTime,pwdReset,employeeType by dn.exact="\(Self.name)" write by * read
        access to * by * read
        database mdb
        suffix "dc=example,dc=org"
        rootdn "cn=admin,dc=example,dc=org"
        rootpw admin
        directory \(folder)/db
        dbnosync
        overlay ppolicy
        ppolicy_default "cn=default,dc=example,dc=org"
        """
    }

    private static let entries = """
        dn: dc=example,dc=org
        objectClass: dcObject
        objectClass: organization
        o: example
        dc: example

        dn: cn=default,dc=example,dc=org
        objectClass: person
        objectClass: pwdPolicy
        cn: default
        sn: default
        pwdAttribute: userPassword
        pwdLockout: TRUE
        pwdMustChange: TRUE
        pwdMaxFailure: 2
        pwdLockoutDuration: 600

        dn: cn=riposte,dc=example,dc=org
        objectClass: person
        cn: riposte
        sn: riposte
        userPassword: \(password)

        dn: ou=people,dc=example,dc=org
        objectClass: organizationalUnit
        ou: people

        dn: uid=alice,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: alice
        mail: alice@example.org
        cn: Alice
        sn: Alice
        userPassword: hello

        dn: uid=bob,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: bob
        cn: Bob
        sn: Alice
        employeeType: engineer
        userPassword: hello

        dn: cn=odd,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: o*(d)\\d
        cn: odd
        sn: odd

        """
}
