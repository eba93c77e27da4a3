import Riposte
import Testing

@testable import RiposteDirectories

@Suite(.serialized, .enabled(if: LDAPServer.isAvailable, "needs slapd"))
struct `accounts in an LDAP directory` {
    private let server: LDAPServer
    private let password: SecretFile

    init() async throws {
        server = try await made { try LDAPServer() }
        password = try SecretFile(LDAPServer.password)
    }

    @Test func `are locked by the password policy, and let in again afterwards`() async throws {
        let staff = try server.directory(password: password.secret)
        #expect(staff.restrictions == [.lock, .passwordReset, .block])
        #expect(server.signsIn("alice"))
        #expect(try await staff.standing(of: "alice", .lock) == .free)
        #expect(try await staff.restrict(.test("alice")) == .changed)
        #expect(try await staff.restrict(.test("alice")) == .alreadySo)
        #expect(try await staff.standing(of: "alice", .lock) == .restricted)
        #expect(try server.value("pwdAccountLockedTime", of: "alice") == "000001010000Z")
        #expect(!server.signsIn("alice"))
        #expect(try await staff.lift(.test("alice")) == .changed)
        #expect(try await staff.lift(.test("alice")) == .alreadySo)
        #expect(server.signsIn("alice"))
        #expect(try server.value("pwdAccountLockedTime", of: "bob") == nil)
        #expect(try await staff.examine().contains("pwdAccountLockedTime"))
    }

    @Test func `that the policy has locked for a while are locked without end, and are not taken for ours`() async throws {
        for _ in 0..<3 { _ = server.signsIn("alice", "wrong") }
        let theirs = try #require(try server.value("pwdAccountLockedTime", of: "alice"))
        let staff = try server.directory(password: password.secret)
        #expect(try await staff.standing(of: "alice", .lock) == .free)
        #expect(try await staff.lift(.test("alice")) == .alreadySo)
        #expect(try server.value("pwdAccountLockedTime", of: "alice") == theirs)
        #expect(try await staff.restrict(.test("alice")) == .changed)
        #expect(try server.value("pwdAccountLockedTime", of: "alice") == "000001010000Z")
    }

    @Test func `have to set a new password`() async throws {
        let staff = try server.directory(password: password.secret)
        #expect(try await staff.restrict(.test("alice", .passwordReset)) == .changed)
        #expect(try server.value("pwdReset", of: "alice") == "TRUE")
        #expect(try await staff.lift(.test("alice", .passwordReset)) == .changed)
        #expect(try server.value("pwdReset", of: "alice") == nil)
    }

    @Test func `tell their mail address, by the attribute that is set`() async throws {
        let staff = try server.directory(password: password.secret)
        #expect(try await staff.mailAddress(of: "alice") == "alice@example.org")
        #expect(try await staff.mailAddress(of: "bob") == nil, "who has none has none")
        for user in ["*", "mallory", "alice)(uid=*", "alice\0", ""] { #expect(try await staff.mailAddress(of: user) == nil, "\(user)") }
        let other = try server.directory(password: password.secret) { $0.mailAttribute = "sn" }
        #expect(try await other.mailAddress(of: "bob") == "Alice")
        let loose = try server.directory(password: password.secret, filter: "(sn={{ user }})")
        let unclear = await #expect(throws: DirectoryFailure.self) { try await loose.mailAddress(of: "Alice") }
        #expect(unclear?.kind == .permanent, "it is not clear whose")
    }

    @Test func `keep what else an attribute holds`() async throws {
        let staff = try server.directory(password: password.secret)
        #expect(try await staff.restrict(.test("bob", .block)) == .changed)
        #expect(
            try server.search("uid=bob,ou=people,dc=example,dc=org", "employeeType").contains(
                "employeeType: engineer\nemployeeType: blocked"))
        #expect(try await staff.lift(.test("bob", .block)) == .changed)
        #expect(try server.value("employeeType", of: "bob") == "engineer")
    }

    @Test func `are found by exactly their name`() async throws {
        let staff = try server.directory(password: password.secret)
        for user in ["*", "a*", "alice)(uid=*", "mallory", "alice\0", ""] {
            #expect(try await staff.standing(of: user, .lock) == .noSuchAccount, "\(user)")
            #expect(await failure { try await staff.restrict(.test(user)) }?.kind == .permanent)
            #expect(try await staff.lift(.test(user)) == .alreadySo)
        }
        #expect(try await staff.standing(of: "o*(d)\\d", .lock) == .free)
        let loose = try server.directory(password: password.secret, filter: "(sn={{ user }})")
        let found = try #require(await failure { try await loose.restrict(.test("Alice")) })
        #expect(found.kind == .permanent)
        #expect(found.message.contains("more than one entry"))
    }

    @Test func `are not reached with a wrong password, which is named nowhere`() async throws {
        let wrong = try SecretFile("wr0ng-secret")
        let found = try #require(await failure { try await server.directory(password: wrong.secret).restrict(.test("alice")) })
        #expect(found.kind == .permanent)
        #expect(found.message == "no connection as cn=riposte,dc=example,dc=org: Invalid credentials")
        let missing = await failure { try await server.directory(password: .file("/nowhere")).restrict(.test("alice")) }
        #expect(missing?.kind == .transient)
    }

    @Test func `are not changed by somebody who may not`() async throws {
        let found = try #require(
            await failure {
                try await server.directory(password: password.secret, marks: [.lock: .init("description", "locked")]).restrict(
                    .test("alice"))
            })
        #expect(found.kind == .permanent)
        #expect(found.message.contains("Insufficient access"))
    }

    @Test func `wait for a server that is down, and go on when it is back`() async throws {
        let staff = try server.directory(password: password.secret)
        server.stop()
        let found = try #require(await failure { try await staff.restrict(.test("alice")) })
        #expect(found.kind == .transient, "\(found.message)")
        try server.start()
        #expect(try await staff.restrict(.test("alice")) == .changed)
    }

    @Test func `do not hold anybody up where the server hangs`() async throws {
        let staff = try server.directory(password: password.secret, timeout: .seconds(1))
        server.freeze(true)
        let begun = ContinuousClock.now
        let found = await failure { try await staff.restrict(.test("alice")) }
        let taken = ContinuousClock.now - begun
        server.freeze(false)
        #expect(found?.kind == .transient, "\(found?.message ?? "")")
        #expect(taken < .seconds(15))
    }

    /// libldap says the same of each, and of a server that is not there.
    @Test(arguments: ["STARTTLS", "ldaps"])
    func `are not looked for, for good, where the server's certificate is not trusted`(encryption: String) async throws {
        let isSecure = encryption == "ldaps"
        let place = isSecure ? "ldaps://127.0.0.1:\(server.securePort)" : "ldap://127.0.0.1:\(server.port)"
        func directory(_ change: @escaping (inout LDAPConfiguration) -> Void) throws -> LDAPDirectory {
            try server.directory(password: password.secret) { configuration in
                (configuration.url, configuration.startTLS) = (place, !isSecure)
                change(&configuration)
            }
        }
        #expect(try await directory { _ in }.standing(of: "alice", .lock) == .free)
        let stranger = try directory { $0.authorities = "/etc/ssl/certs/ca-certificates.crt" }
        let found = try #require(await failure { try await stranger.restrict(.test("alice")) })
        #expect(found.kind == .permanent)
        #expect(found.message.hasPrefix("the certificate of \(place) is not trusted"), "\(found.message)")
        #expect(found.message.contains("not in /etc/ssl/certs/ca-certificates.crt") && found.message.contains("“ca_file”"))
        let named = try directory { $0.url = place.replacing("127.0.0.1", with: "localhost") }
        #expect(await failure { try await named.restrict(.test("alice")) }?.kind == .permanent)
        let missing = try directory { $0.authorities = "/nowhere/ca.pem" }
        let unread = try #require(await failure { try await missing.restrict(.test("alice")) })
        #expect(unread.kind == .permanent)
        #expect(unread.message.contains("/nowhere/ca.pem"), "\(unread.message)")
        server.stop()
        try Program.expire(server.authorities, key: "\(server.folder)/key.pem")
        try server.start()
        #expect(await failure { try await directory { _ in }.restrict(.test("alice")) }?.kind == .permanent)
        server.stop()
        #expect(await failure { try await stranger.restrict(.test("alice")) }?.kind == .transient)
    }

    @Test func `are tried again where the server hangs up at first, whose certificate is good`() async throws {
        let before = try HostileServer(hangingUpOn: 1, before: server.securePort)
        let staff = try server.directory(password: password.secret) { configuration in
            (configuration.url, configuration.startTLS) = ("ldaps://127.0.0.1:\(before.port)", false)
        }
        #expect(await failure { try await staff.restrict(.test("alice")) }?.kind == .transient)
        #expect(try await staff.restrict(.test("alice")) == .changed)
    }
}

/// Each would have been waited for without end, or taken in until memory is full.
@Suite(.timeLimit(.minutes(1))) struct `an LDAP server that misbehaves` {
    private static let bound = BER.message(1, BER.result(0x61))

    private func found(
        _ server: HostileServer, scheme: String = "ldap", timeout: Duration
    ) async throws -> (message: String, kind: FailureKind) {
        let password = try SecretFile("hunter2")
        let filter = try #require(LDAPFilter("(uid={{ user }})"))
        let staff = LDAPDirectory(
            "staff",
            LDAPConfiguration(
                url: "\(scheme)://127.0.0.1:\(server.port)", startTLS: false, bindName: "cn=riposte", password: password.secret,
                base: "dc=x",
                filter: filter, timeout: timeout))
        return try #require(await failure { try await staff.restrict(.test("alice")) })
    }

    @Test(arguments: [[], [[0x30, 0x84, 0, 0, 0x10, 0, 2, 1]], [bound, [0x30, 0x84, 0, 0, 0x10, 0, 2, 1, 2, 0x64]]])
    func `is given up where it begins to say something and does not go on`(answers: [[UInt8]]) async throws {
        let found = try await found(HostileServer(answers), timeout: .milliseconds(500))
        #expect(found.kind == .transient)
        #expect(found.message.contains("no answer in time") || found.message.contains("Timed out"), "\(found.message)")
    }

    @Test func `is given up where it does not say how to encrypt`() async throws {
        let found = try await found(HostileServer([]), scheme: "ldaps", timeout: .milliseconds(500))
        #expect(found.kind == .transient)
        #expect(found.message.contains("no answer in time"), "\(found.message)")
    }

    @Test func `is not taken for one with a bad certificate where it speaks no TLS`() async throws {
        let found = try await found(HostileServer([Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)]), scheme: "ldaps", timeout: .seconds(20))
        #expect(found.kind == .transient, "\(found.message)")
    }

    @Test func `is not listened to where it finds more and more`() async throws {
        let entry = BER.message(2, BER.entry("cn=a", "pwdAccountLockedTime", Array("000001010000Z".utf8)))
        let found = try await found(HostileServer([Self.bound], endless: entry), timeout: .seconds(50))
        #expect(found.kind == .permanent)
        #expect(found.message.contains("finds more than one entry"), "\(found.message)")
    }

    @Test func `is not listened to where one message is longer than all that is needed`() async throws {
        let announced: [UInt8] = [0x30, 0x84, 0x70, 0, 0, 0, 2, 1, 2, 0x64]
        let server = try HostileServer([Self.bound, announced], endless: [UInt8](repeating: 0, count: 65_536))
        let found = try await found(server, timeout: .seconds(50))
        #expect(found.kind == .transient, "\(found.message)")
    }

    @Test func `is not followed to others without end`() async throws {
        let reference = BER.message(2, BER.element(0x73, BER.element(4, Array("ldap://127.0.0.1:1/".utf8))))
        let found = try await found(HostileServer([Self.bound], endless: reference), timeout: .seconds(50))
        #expect(found.kind == .transient, "\(found.message)")
    }
}

@Suite struct `a filter for an account` {
    @Test(arguments: [
        ("alice", "(uid=alice)"), ("a*", "(uid=a\\2a)"), ("a)(b", "(uid=a\\29\\28b)"), ("\\", "(uid=\\5c)"), ("\0", "(uid=\\00)"),
        ("ö", "(uid=\\c3\\b6)"),
    ])
    func `holds the name and nothing of its meaning`(user: String, filter: String) {
        #expect(LDAPFilter("(uid={{ user }})")?.text(for: user) == filter)
    }

    @Test(arguments: ["(uid=x)", "(uid={{ name }})", "(uid={{ user)", ""])
    func `needs a place for it`(text: String) { #expect(LDAPFilter(text) == nil) }
}
