import Riposte
import RiposteChannels
import Testing

@testable import HummingbirdApp

/// Somebody with a browser at the example's site.
struct Visitor: Sendable {
    let browser: Browser
    let site: Site

    /// Loads a page and sends the form on it.
    @discardableResult
    func submit(_ page: String, _ fields: [String: String], to path: String? = nil) async throws -> HTTPResponse {
        let form = try await browser.get(page)
        guard let seal = form.text.firstMatch(of: /name="seal" value="([A-Z2-7]+)"/)?.output.1 else { return form }
        return try await browser.post(
            path ?? String(page.prefix { $0 != "?" }), fields.merging(["seal": String(seal)]) { own, _ in own })
    }

    func signUp(_ email: String, password: String) async throws {
        try await askForLink("/sign-up", email)
        try await setPassword(password, mailedTo: email)
    }

    /// Asks for a link to set a password by, and waits for the mail: the answer does not. Its path.
    @discardableResult
    func askForLink(_ page: String, _ email: String) async throws -> String {
        func links() -> [String] { site.mailbox.letters.filter { $0.to == email }.compactMap(\.link) }
        let before = links().count
        #expect(try await submit(page, ["email": email]).status == 200)
        while links().count == before { await Task.yield() }
        return try #require(links().last)
    }

    /// Follows the link of the last mail.
    func setPassword(_ password: String, mailedTo email: String) async throws {
        let link = try #require(site.mailbox.letters.last { $0.to == email }?.link)
        let secret = try #require(link.split(separator: "=").last)
        #expect(answer(try await submit(link, ["link": String(secret), "password": password])) == "303 /sign-in")
    }

    /// The status of the answer, and where it leads.
    @discardableResult
    func signIn(_ email: String, _ password: String) async throws -> String {
        answer(try await submit("/sign-in", ["email": email, "password": password]))
    }

    @discardableResult
    func enterCode(_ code: String, at path: String = "/second-factor") async throws -> String {
        let link = path.split(separator: "=").dropFirst().last.map { ["link": String($0)] } ?? [:]
        return answer(try await submit(path, link.merging(["code": code]) { own, _ in own }))
    }

    /// Has a link mailed, by which a second factor is set up; its path.
    func askForFactorLink() async throws -> String {
        #expect(try await submit("/second-factor", ["mail": "1"]).status == 200)
        return try #require(site.mailbox.letters.last?.link)
    }

    /// Sets up a second factor by a mailed link.
    @discardableResult
    func setUpFactor(_ user: String) async throws -> String { try await enterFreshCode(user, at: try await askForFactorLink()) }

    /// Whether the site's own page says so: `alice@example.org`, `nobody`, or what else came.
    func who() async throws -> String {
        let home = try await browser.get("/")
        guard home.status == 200 else { return answer(home) }
        return home.text.firstMatch(of: /Signed in as <b>([^<]+)<\/b>/).map { String($0.output.1) } ?? "nobody"
    }

    private func answer(_ response: HTTPResponse) -> String {
        "\(response.status)" + (response.fields["location"].map { " \($0)" } ?? "")
    }
}
