/// What one look at one part of an installation has shown.
struct Checkup: Encodable {
    enum State: String, Encodable {
        case ok
        /// It works, and something about it should be known.
        case warning
        /// It does not work.
        case failing
    }

    /// `store`, `source /var/log/auth.log`, `enforcer firewall` …
    var part: String
    var state: State
    var detail: String
    /// What it takes, whether it is there or not.
    var needs: String

    init(_ part: String, _ state: State, _ detail: String, needs: String) {
        (self.part, self.state, self.detail, self.needs) = (part, state, detail, needs)
    }

    /// What `look` answers is fine; what it throws is why the part does not work.
    init(_ part: String, needs: String, _ look: () async throws -> (State, String)) async {
        do {
            let (state, detail) = try await look()
            self.init(part, state, detail, needs: needs)
        } catch {
            self.init(part, .failing, "\(error)", needs: needs)
        }
    }
}
