import Crypto
import Hummingbird

/// Keeps other sites from sending our forms: each form holds the seal of a random word that only this browser's cookie has.
struct FormGuard: Sendable {
    /// Over HTTPS a name that no neighbouring host can set a cookie of.
    let cookie: String
    /// In bytes.
    static let longest = 8192
    private let key = SymmetricKey(size: .bits256)

    init(isSecure: Bool) { cookie = isSecure ? "__Host-form" : "form" }

    /// What the form holds.
    func seal(_ word: String) -> String {
        Base32.text(Array(HMAC<SHA256>.authenticationCode(for: Array(word.utf8), using: key)))
    }

    /// The fields of a form that is ours.
    ///
    /// - Throws: 403 for any other, 413 for a long one.
    func fields(_ request: Request, _ context: SiteContext) async throws -> [String: String] {
        var request = request
        let body = try await request.collectBody(upTo: Self.longest)
        let fields = (try? URLEncodedFormDecoder().decode([String: String].self, from: String(buffer: body))) ?? [:]
        guard let word = request.cookies[cookie]?.value, let sent = fields["seal"],
            Bytes.areEqual(Array(sent.utf8), Array(seal(word).utf8))
        else { throw HTTPError(.forbidden, message: "The form is not from here, or too old: load the page again.") }
        return fields
    }
}
