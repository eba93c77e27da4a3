import Hummingbird
import Riposte

/// What is set from outside.
struct SiteSettings: Sendable {
    var host = "127.0.0.1"
    var port = 8080
    /// Where incidents are kept; `nil` = in memory, until the end of the process.
    var database: String?
    /// The proxies in front. Without one no forwarding header is read.
    var proxies: [AddressRange] = []
    /// Who may see the admin page.
    var administrators: Set<String> = []
    /// Whether browsers reach us by HTTPS only: then cookies say so.
    var isSecure = false
    /// Of PBKDF2.
    var passwordRounds = 600_000

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    init() {}

    init(environment: Environment) throws {
        host = environment.get("HOST") ?? host
        port = try Self.number(environment, "PORT") ?? port
        database = environment.get("RIPOSTE_DB")
        proxies = try Self.list(environment, "TRUSTED_PROXIES").map { text in
            guard let range = AddressRange(text) else {
                throw Problem(description: "TRUSTED_PROXIES: “\(text)” is not an address (10.0.0.1) or network (10.0.0.0/8)")
            }
            return range
        }
        administrators = Set(Self.list(environment, "ADMINISTRATORS"))
        isSecure = environment.get("SECURE_COOKIES") == "1"
        passwordRounds = try Self.number(environment, "PASSWORD_ROUNDS") ?? passwordRounds
    }

    private static func number(_ environment: Environment, _ name: String) throws -> Int? {
        guard let text = environment.get(name) else { return nil }
        guard let number = Int(text), number > 0 else { throw Problem(description: "\(name): “\(text)” is not a number above 0") }
        return number
    }

    private static func list(_ environment: Environment, _ name: String) -> [String] {
        (environment.get(name) ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }
}
