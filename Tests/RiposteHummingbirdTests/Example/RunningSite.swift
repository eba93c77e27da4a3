import Logging
import NIOCore
import Riposte
import RiposteChannels
import Testing

@testable import HummingbirdApp

/// The example on a real port, with alice and an administrator who have accounts there.
struct RunningSite: Sendable {
    static let alice = "alice@example.org"
    static let admin = "admin@example.org"
    static let password = "correct horse battery"

    let site: Site
    let port: Int

    /// Somebody at an address, with a browser of his own.
    func visitor(_ ip: String) -> Visitor { Visitor(browser: Browser(port: port, ip: ip), site: site) }

    /// The administrator, signed in with a second factor.
    func administrator() async throws -> Visitor {
        let visitor = visitor("192.0.2.1")
        try await visitor.signIn(Self.admin, Self.password)
        try await visitor.setUpFactor(Self.admin)
        return visitor
    }

    /// Runs the playbook `test` by hand, as an operator does, and tells the incident.
    func act(_ context: [String: any ContextValue]) async throws -> IncidentID {
        let report = try await site.responder.runPlaybook("test", context: context)
        #expect(report.status == .succeeded, "\(report.steps.map(\.outcome.message))")
        return report.incidentID
    }

    private var store: any IncidentStore { site.responder.store }

    /// Undoes an incident on the admin page, and returns when that is done.
    func undo(_ incident: IncidentID) async throws {
        let answer = try await administrator().submit("/admin", ["incident": incident.rawValue], to: "/admin/undo")
        guard answer.status == 303 else { throw ResponderError(.refused, "the admin page said \(answer.status)") }
        // On a busy machine taking back may not have worked at once, and is tried again.
        let end = ContinuousClock.now + .seconds(60)
        while try await !store.effects(EffectQuery(states: [.pending, .undoing], incident: incident)).isEmpty, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func incidents() async throws -> [Incident] { try await site.responder.store.incidents(IncidentQuery()) }
}

/// Starts the site, signs alice and the administrator up, runs `body`, and stops it.
///
/// - Parameters:
///   - steps: of the playbook `test`.
///   - triggers: what starts it; by default it is run by hand.
func withSite(
    _ steps: Step..., triggers: [Trigger] = [], logger: Logger = .quiet, _ body: @escaping @Sendable (RunningSite) async throws -> Void
) async throws {
    var settings = SiteSettings()
    settings.port = 0
    settings.proxies = [AddressRange(IPAddress(v4: 0x7F00_0001))]
    settings.administrators = [RunningSite.admin]
    settings.passwordRounds = 100
    settings.patience = .seconds(60)  // this machine may be busy
    // An attempt that is given up on a busy machine would be another test's subject.
    let patient = steps.map { step in
        var step = step
        step.timeout = .seconds(600)
        return step
    }
    let site = try Site(settings, playbooks: steps.isEmpty ? [] : [Playbook("test", triggers: triggers, steps: patient)], logger: logger)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withService(site.application { port.yield($0.localAddress?.port ?? 0) }, logger) {
        for await port in ports {
            let running = RunningSite(site: site, port: port)
            for user in [RunningSite.alice, RunningSite.admin] {
                try await running.visitor("192.0.2.200").signUp(user, password: RunningSite.password)
            }
            return try await body(running)
        }
    }
}

extension Visitor {
    /// Enters a code that has not been used yet, of the account's secret or of the one that is being set up.
    @discardableResult
    func enterFreshCode(_ user: String, at path: String = "/second-factor") async throws -> String {
        let page = try await browser.get(path)
        let offered = page.text.firstMatch(of: /app: <code>([A-Z2-7]+)<\/code>/).map { Self.base32(String($0.output.1)) }
        guard let secret = site.users[user]?.secret ?? offered else { return "no secret" }
        let last = site.users[user]?.lastStep ?? 0
        // The present step: the one before would be too old where a busy machine takes it to the next step to read it.
        let step = max(OneTimeCode.step(at: SystemClock().now().seconds), last + 1)
        return try await enterCode(OneTimeCode(secret: secret).code(step: step), at: path)
    }

    private static func base32(_ text: String) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, buffer, bits): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for letter in text {
            buffer = buffer << 5 | UInt32(letters.firstIndex(of: letter) ?? 0)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }
}
